const BUCKETS = 12;

const COUNT = 0;
const FAILURES = 1;
const LATENCY = 2;
const FIELDS = 3;

/**
 * Requests, failures and latencies of the last while, in twelve buckets that are used again in turn. Old ones are
 * emptied when somebody looks or writes: no timer.
 */
export class SlidingWindow {
  readonly #bucketMs: number;
  readonly #buckets = new Float64Array(BUCKETS * FIELDS);
  /** Sums over all buckets. */
  readonly #sums = new Float64Array(FIELDS);
  /** Number of the newest bucket since time 0, and when it ends. */
  readonly #newest = new Float64Array(2);

  /** @param length of the window, in milliseconds */
  constructor(length: number) {
    this.#bucketMs = length / BUCKETS;
  }

  add(now: number, latency: number, failed: boolean): void {
    this.forget(now);
    const at = ((this.#newest[0] as number) % BUCKETS) * FIELDS;
    this.#put(at + COUNT, COUNT, 1);
    this.#put(at + FAILURES, FAILURES, failed ? 1 : 0);
    this.#put(at + LATENCY, LATENCY, latency);
  }

  /** Requests within the window, as of the last `add` or `forget`; likewise below. */
  get count(): number {
    return this.#sums[COUNT] as number;
  }

  /** Mean latency; -1 of none. */
  get latency(): number {
    const { count } = this;
    return count === 0 ? -1 : (this.#sums[LATENCY] as number) / count;
  }

  /** Share of failures; 0 of none. */
  get errorRate(): number {
    const { count } = this;
    return count === 0 ? 0 : (this.#sums[FAILURES] as number) / count;
  }

  /** Empties what has left the window. */
  forget(now: number): void {
    if (now < (this.#newest[1] as number)) return;
    const bucket = Math.floor(now / this.#bucketMs);
    const newest = this.#newest[0] as number;
    if (bucket <= newest) return;
    this.#newest[0] = bucket;
    this.#newest[1] = (bucket + 1) * this.#bucketMs;
    for (let old = Math.max(newest + 1, bucket - BUCKETS + 1); old <= bucket; old++) {
      const at = (old % BUCKETS) * FIELDS;
      this.#buckets.fill(0, at, at + FIELDS);
    }
    // Summed up anew rather than taken off: differences of floating point numbers would never get back to 0.
    this.#sums.fill(0);
    for (let i = 0; i < BUCKETS * FIELDS; i++) {
      this.#sums[i % FIELDS] = (this.#sums[i % FIELDS] as number) + (this.#buckets[i] as number);
    }
  }

  #put(at: number, field: number, value: number): void {
    this.#buckets[at] = (this.#buckets[at] as number) + value;
    this.#sums[field] = (this.#sums[field] as number) + value;
  }
}
