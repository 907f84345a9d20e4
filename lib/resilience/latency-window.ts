/** Answers of which the latest latencies are kept: enough for a p99 with ten behind it. */
const SIZE = 1_000;

/** A quantile is computed anew after so many more: sorting a thousand takes some 100 us. */
const EVERY = 50;

/** The latencies of the latest answers. */
export class LatencyWindow {
  readonly #quantile: number;
  readonly #values = new Float64Array(SIZE);
  #count = 0;
  #known = 0;
  #computedAt = 0;

  /** @param quantile as in 0.95 */
  constructor(quantile: number) {
    this.#quantile = quantile;
  }

  /** How many there have been. */
  get count(): number {
    return this.#count;
  }

  add(ms: number): void {
    this.#values[this.#count++ % SIZE] = ms;
  }

  /** What the given share of the latest answers took at most, in ms; a little old. 0 before the first. */
  value(): number {
    const fresh = this.#count - this.#computedAt;
    // While there are few, each one counts.
    if (fresh >= EVERY || (fresh > 0 && this.#count < EVERY)) {
      const sorted = this.#values.slice(0, Math.min(this.#count, SIZE)).sort();
      this.#known = sorted[Math.ceil(sorted.length * this.#quantile) - 1] ?? 0;
      this.#computedAt = this.#count;
    }
    return this.#known;
  }
}
