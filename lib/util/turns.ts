interface Weighted {
  readonly weight: number;
}

/**
 * Whose turn it is among equals, by weight. Each taker's turn is a point in virtual time that moves on by 1 / weight
 * when it takes; the lowest is next. Plain counts would not do: one that was long passed over would then win every tie
 * until it had caught up, so nobody's turn lies long before the present (start-time fair queueing, Goyal 1996).
 */
export class Turns<Taker extends Weighted> {
  #takers: readonly Taker[] = [];
  #at = new Float64Array(0);
  /** 1 / weight of each taker. */
  #step = new Float64Array(0);
  /** The present, in an array of one: as a plain field each new value would be a new object. */
  readonly #now = new Float64Array(1);
  readonly #slack: number;
  /** Where everyone stands who is not among the takers right now: they may come back. */
  readonly #away = new WeakMap<Taker & WeakKey, number>();

  /** @param slack how many turns of its own one who was passed over may catch up on */
  constructor(slack = 0) {
    this.#slack = slack;
  }

  /** Makes these the takers. Costs nothing while it is the same array. */
  adopt(takers: readonly Taker[]): void {
    if (takers === this.#takers) return;
    for (const [i, taker] of this.#takers.entries()) this.#away.set(taker, this.#at[i] ?? 0);
    this.#at = Float64Array.from(takers, (taker) => this.#away.get(taker) ?? (this.#now[0] as number));
    this.#step = Float64Array.from(takers, (taker) => 1 / taker.weight);
    this.#takers = takers;
  }

  /** Where each of these stands, the lowest first. Of the takers themselves it is the live list, to be read only. */
  points(takers: readonly Taker[]): Float64Array {
    if (takers === this.#takers) return this.#at;
    const known = new Map(this.#takers.map((taker, i) => [taker, this.#at[i]]));
    return Float64Array.from(takers, (taker) => known.get(taker) ?? this.#away.get(taker) ?? (this.#now[0] as number));
  }

  /** Whether taker a is before taker b, both by index. */
  before(a: number, b: number): boolean {
    return (this.#at[a] as number) < (this.#at[b] as number);
  }

  take(index: number): void {
    const at = this.#at[index] as number;
    const step = this.#step[index] as number;
    const now = this.#now[0] as number;
    if (at > now) {
      this.#now[0] = at;
      this.#at[index] = at + step;
    } else {
      const earliest = now - this.#slack * step;
      this.#at[index] = Math.max(at, earliest) + step;
    }
  }
}
