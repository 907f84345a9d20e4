interface Weighted {
  readonly weight: number;
}

/**
 * Whose turn it is among equals, by weight. Each taker's turn is a point in virtual time that moves on by 1 / weight
 * when it takes; the lowest is next. Plain counts would not do: one that was long passed over would then win every tie
 * until it had caught up, so nobody's turn lies before the present (start-time fair queueing, Goyal 1996).
 */
export class Turns<Taker extends Weighted> {
  #takers: readonly Taker[] = [];
  #at = new Float64Array(0);
  #now = 0;
  /** Where everyone stands who is not among the takers right now: they may come back. */
  readonly #away = new WeakMap<Taker & WeakKey, number>();

  /** Makes these the takers. Costs nothing while it is the same array. */
  adopt(takers: readonly Taker[]): void {
    if (takers === this.#takers) return;
    for (const [i, taker] of this.#takers.entries()) this.#away.set(taker, this.#at[i] ?? 0);
    this.#at = Float64Array.from(takers, (taker) => this.#away.get(taker) ?? this.#now);
    this.#takers = takers;
  }

  /** Whether taker a is before taker b, both by index. */
  before(a: number, b: number): boolean {
    return (this.#at[a] as number) < (this.#at[b] as number);
  }

  take(index: number): void {
    this.#now = Math.max(this.#now, this.#at[index] as number);
    this.#at[index] = this.#now + 1 / (this.#takers[index] as Taker).weight;
  }
}
