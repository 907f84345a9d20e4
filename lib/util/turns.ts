interface Weighted {
  readonly weight: number;
}

interface Standing {
  readonly at: number;
  readonly step: number;
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
  /** Where everyone stood, and by which step, when the takers were last others: they may come back. */
  readonly #away = new WeakMap<Taker & WeakKey, Standing>();

  /** @param slack how many turns of its own one who was passed over may catch up on */
  constructor(slack = 0) {
    this.#slack = slack;
  }

  /** Makes these the takers. Costs nothing while it is the same array. */
  adopt(takers: readonly Taker[]): void {
    if (takers === this.#takers) return;
    for (const [taker, standing] of this.#standings()) this.#away.set(taker, standing);
    this.#at = Float64Array.from(takers, (taker) => this.#pointOf(taker, this.#away.get(taker)));
    this.#step = Float64Array.from(takers, (taker) => 1 / taker.weight);
    this.#takers = takers;
  }

  /** Where each of these stands, the lowest first. Of the takers themselves it is the live list, to be read only. */
  points(takers: readonly Taker[]): Float64Array {
    if (takers === this.#takers) return this.#at;
    const known = new Map(this.#standings());
    return Float64Array.from(takers, (taker) => this.#pointOf(taker, known.get(taker) ?? this.#away.get(taker)));
  }

  /** Whether taker a is before taker b, both by index. */
  before(a: number, b: number): boolean {
    return (this.#at[a] as number) < (this.#at[b] as number);
  }

  /** The one of two takers whose turn comes first, which is then over; a where both are level. */
  first(takers: readonly Taker[], a: number, b: number): number {
    this.adopt(takers);
    const index = this.before(b, a) ? b : a;
    this.take(index);
    return index;
  }

  take(index: number): void {
    const at = this.#at[index] as number;
    const step = this.#step[index] as number;
    const now = this.#now[0] as number;
    if (at > now) this.#now[0] = at;
    // One that is ahead of the present is ahead of this limit too.
    this.#at[index] = Math.max(at, now - this.#slack * step) + step;
  }

  #standings(): [Taker, Standing][] {
    return this.#takers.map((taker, i) => [taker, { at: this.#at[i] as number, step: this.#step[i] as number }]);
  }

  /**
   * A wait is so many of its own turns. Where the weight is another by now they are shorter or longer: one that had a
   * weight of 0.0001 would else sit out 10,000 turns of the others after it has been given its weight back.
   */
  #pointOf(taker: Taker, standing: Standing | undefined): number {
    const now = this.#now[0] as number;
    if (standing === undefined) return now;
    const { at, step } = standing;
    const own = 1 / taker.weight;
    return at <= now || own === step ? at : now + ((at - now) / step) * own;
  }
}
