import type { Backend } from '../core/backend.js';
import { type NoOptions, noOptions } from '../core/schema.js';
import type { Strategy, StrategyModule } from '../core/strategy.js';
import { Deadlines } from '../util/deadlines.js';
import { SmoothTurns } from '../util/smooth-turns.js';

/**
 * In turn by weight, smoothly interleaved: weights 5, 1, 1 give a a b a c a a and not a a a a a b c. Beyond 32
 * candidates by earliest deadline, as even and in time that grows with the logarithm.
 *
 * Source: nginx, "Upstream: smooth weighted round-robin balancing" (commit 52327e0627f4).
 */
export const weightedRoundRobin: StrategyModule<NoOptions> = {
  options: noOptions,
  create: () => new WeightedRoundRobin(),
};

/** Up to here nginx's own way, which asks everyone, costs less. */
const FEW = 32;

class WeightedRoundRobin implements Strategy {
  readonly #few = new SmoothTurns<Backend>();
  readonly #many = new Deadlines<Backend>();

  pick(candidates: readonly Backend[]): Backend {
    if (candidates.length <= FEW) return candidates[this.#few.take(candidates)] as Backend;
    return candidates[this.#many.take(candidates)] as Backend;
  }

  peek(candidates: readonly Backend[]): Backend {
    if (candidates.length <= FEW) return candidates[this.#few.peek(candidates)] as Backend;
    return candidates[this.#many.peek(candidates)] as Backend;
  }
}
