/**
 * Who comes first of many, kept up while their ranks change: a tournament tree (Knuth, The Art of Computer Programming
 * 3, 5.4.1). The first is known at once; a change replays one path, log2 of the size. Of equals the lower index wins.
 */
export class Tournament {
  readonly #size: number;
  readonly #rank: Float64Array;
  readonly #tie: Float64Array;
  /** Winner of each match; 1 is the final, and entrant i sits at `size` + i. -1 is nobody. */
  readonly #winners: Int32Array;

  /**
   * @param rank lower is first
   * @param tie what decides between equal ranks, lower first
   *
   * Both are the caller's: after writing to them it says so with `changed`.
   */
  constructor(rank: Float64Array, tie: Float64Array) {
    this.#rank = rank;
    this.#tie = tie;
    this.#size = 2 ** Math.ceil(Math.log2(Math.max(1, rank.length)));
    this.#winners = new Int32Array(2 * this.#size).fill(-1);
    for (let i = 0; i < rank.length; i++) this.#winners[this.#size + i] = i;
    for (let match = this.#size - 1; match > 0; match--) this.#winners[match] = this.#play(match);
  }

  /** Index of the first; -1 of none. */
  get first(): number {
    return this.#winners[1] as number;
  }

  /** The rank or tie of this one has been written to. */
  changed(index: number): void {
    const winners = this.#winners;
    for (let match = (this.#size + index) >> 1; match > 0; match >>= 1) {
      const before = winners[match] as number;
      const winner = this.#play(match);
      winners[match] = winner;
      // Who won here is somebody else and did so before: nothing further up can have changed.
      if (winner === before && winner !== index) return;
    }
  }

  #play(match: number): number {
    const a = this.#winners[2 * match] as number;
    const b = this.#winners[2 * match + 1] as number;
    if (b < 0) return a;
    const difference = (this.#rank[a] as number) - (this.#rank[b] as number);
    if (difference !== 0) return difference < 0 ? a : b;
    return (this.#tie[a] as number) <= (this.#tie[b] as number) ? a : b;
  }
}
