/** The latencies of one window: the first so many of them, in memory that is used again for the next. */
export class Sample {
  readonly #values: Float64Array;
  #count = 0;

  /** @param size most that are kept; those that come later are not */
  constructor(size: number) {
    this.#values = new Float64Array(size);
  }

  get count(): number {
    return this.#count;
  }

  add(ms: number): void {
    if (this.#count < this.#values.length) this.#values[this.#count++] = ms;
  }

  /** What the given share of them stay below, in ms; NaN of none. */
  quantile(share: number): number {
    const sorted = this.#values.subarray(0, this.#count).sort();
    return sorted[Math.ceil(this.#count * share) - 1] ?? Number.NaN;
  }

  clear(): void {
    this.#count = 0;
  }
}
