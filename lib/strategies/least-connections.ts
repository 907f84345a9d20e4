import type { Backend } from '../core/backend.js';
import { type NoOptions, noOptions } from '../core/schema.js';
import type { Strategy, StrategyModule } from '../core/strategy.js';
import { Turns } from '../util/turns.js';

/**
 * The fewest active requests per weight; ties in turn, by weight too, so that an idle pool still shares evenly.
 *
 * Source: nginx's least_conn for the comparison without division.
 */
export const leastConnections: StrategyModule<NoOptions> = {
  options: noOptions,
  create: () => new LeastConnections(),
};

class LeastConnections implements Strategy {
  readonly #turns = new Turns<Backend>();

  pick(candidates: readonly Backend[]): Backend {
    this.#turns.adopt(candidates);
    let best = candidates[0] as Backend;
    let bestAt = 0;
    for (let i = 1; i < candidates.length; i++) {
      const other = candidates[i] as Backend;
      // other.active / other.weight against best.active / best.weight
      const difference = other.active * best.weight - best.active * other.weight;
      if (difference < 0 || (difference === 0 && this.#turns.before(i, bestAt))) {
        best = other;
        bestAt = i;
      }
    }
    this.#turns.take(bestAt);
    return best;
  }
}
