import type { Backend } from '../core/backend.js';
import { type NoOptions, noOptions } from '../core/schema.js';
import type { Strategy, StrategyModule } from '../core/strategy.js';
import { Draws } from '../util/draws.js';

/** At random, by weight. */
export const random: StrategyModule<NoOptions> = {
  options: noOptions,
  create: (_options, environment) => new WeightedRandom(new Draws(environment.random)),
};

/** Chance is drawn as one of this many points, of which each candidate holds its share: weights differ by 10^6 at most. */
const POINTS = 2 ** 31 - 1;

class WeightedRandom implements Strategy {
  readonly #draws: Draws;
  #known: readonly Backend[] = [];
  /** Up to which point each candidate's share goes, or empty while all weights are equal. */
  #upTo = new Int32Array(0);

  constructor(draws: Draws) {
    this.#draws = draws;
  }

  pick(candidates: readonly Backend[]): Backend {
    if (candidates !== this.#known) this.#adopt(candidates);
    if (this.#upTo.length === 0) return candidates[this.#draws.take(candidates.length)] as Backend;
    return candidates[this.#holder(this.#draws.take(POINTS))] as Backend;
  }

  peek(candidates: readonly Backend[]): Backend {
    if (candidates !== this.#known) this.#adopt(candidates);
    if (this.#upTo.length === 0) return candidates[this.#draws.peek(0, candidates.length)] as Backend;
    return candidates[this.#holder(this.#draws.peek(0, POINTS))] as Backend;
  }

  /** The first whose share goes beyond this point. */
  #holder(point: number): number {
    const upTo = this.#upTo;
    let low = 0;
    let high = upTo.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((upTo[middle] as number) > point) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #adopt(candidates: readonly Backend[]): void {
    this.#known = candidates;
    const equal = candidates.every((backend) => backend.weight === candidates[0]?.weight);
    const total = candidates.reduce((sum, backend) => sum + backend.weight, 0);
    let sum = 0;
    const upTo = (backend: Backend): number => ((sum += backend.weight) / total) * POINTS;
    this.#upTo = equal ? new Int32Array(0) : Int32Array.from(candidates, upTo);
  }
}
