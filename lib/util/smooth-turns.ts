interface Weighted {
  readonly weight: number;
}

/**
 * Smooth weighted round robin: everyone gains its weight, the one with the most goes and pays the sum of all weights.
 *
 * Source: nginx, "Upstream: smooth weighted round-robin balancing" (commit 52327e0627f4).
 */
export class SmoothTurns<Taker extends Weighted> {
  #takers: readonly Taker[] = [];
  /** How far each is ahead of its turn; they add up to 0 while the takers stay the same. */
  #current = new Float64Array(0);
  #weights = new Float64Array(0);

  /** Index of the next, whose turn is then over. */
  take(takers: readonly Taker[]): number {
    if (takers !== this.#takers) {
      this.#current = this.#standing(takers);
      this.#weights = Float64Array.from(takers, ({ weight }) => weight);
      this.#takers = takers;
    }
    const current = this.#current;
    const weights = this.#weights;
    let total = 0;
    let best = 0;
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i] as number;
      const value = (current[i] as number) + weight;
      current[i] = value;
      total += weight;
      if (value > highest) {
        highest = value;
        best = i;
      }
    }
    current[best] = highest - total;
    return best;
  }

  /** Index of the next, who stays so. */
  peek(takers: readonly Taker[]): number {
    const gained = this.#standing(takers).map((current, i) => current + (takers[i] as Taker).weight);
    return gained.indexOf(gained.reduce((most, value) => Math.max(most, value)));
  }

  /**
   * Whoever stays keeps its turn: a pool that flaps must not always start again at the first. What a turn costs is the
   * sum of all weights, so where that is another by now, half a turn ahead stays half a turn and does not become many.
   */
  #standing(takers: readonly Taker[]): Float64Array<ArrayBuffer> {
    if (takers === this.#takers) return this.#current;
    const turn = this.#weights.reduce((sum, weight) => sum + weight, 0);
    const scale = turn === 0 ? 1 : takers.reduce((sum, { weight }) => sum + weight, 0) / turn;
    const before = new Map(this.#takers.map((taker, i) => [taker, (this.#current[i] ?? 0) * scale]));
    return Float64Array.from(takers, (taker) => before.get(taker) ?? 0);
  }
}
