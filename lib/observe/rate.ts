/** A second each. */
const BUCKETS = 10;
const SECOND = 1_000;

/** How often something happens: a count for each of the last ten seconds, used again in turn. No timer. */
export class Rate {
  readonly #counts = new Float64Array(BUCKETS);
  readonly #since: number;
  #newest: number;

  /** @param now when counting begins: until ten seconds are over, what there is is divided by the time there was */
  constructor(now: number) {
    this.#since = now;
    this.#newest = Math.floor(now / SECOND);
  }

  add(now: number): void {
    const second = Math.floor(now / SECOND);
    if (second > this.#newest) this.#turn(second);
    const at = this.#newest % BUCKETS;
    this.#counts[at] = (this.#counts[at] as number) + 1;
  }

  /** How many a second, over the last nine to ten seconds; over at least one. */
  perSecond(now: number): number {
    this.#turn(Math.floor(now / SECOND));
    const count = this.#counts.reduce((sum, each) => sum + each, 0);
    const begun = (this.#newest - BUCKETS + 1) * SECOND;
    return count / Math.max(1, (now - Math.max(this.#since, begun)) / SECOND);
  }

  #turn(second: number): void {
    for (let old = Math.max(this.#newest + 1, second - BUCKETS + 1); old <= second; old++) {
      this.#counts[old % BUCKETS] = 0;
    }
    this.#newest = Math.max(this.#newest, second);
  }
}
