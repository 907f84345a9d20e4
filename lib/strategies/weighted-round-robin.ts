import type { Backend } from '../core/backend.js';
import { type NoOptions, noOptions } from '../core/schema.js';
import type { Strategy, StrategyModule } from '../core/strategy.js';

/**
 * In turn by weight, smoothly interleaved: weights 5, 1, 1 give a a b a c a a and not a a a a a b c.
 *
 * Source: nginx, "Upstream: smooth weighted round-robin balancing" (commit 52327e0627f4).
 */
export const weightedRoundRobin: StrategyModule<NoOptions> = {
  options: noOptions,
  create: () => new WeightedRoundRobin(),
};

class WeightedRoundRobin implements Strategy {
  #known: readonly Backend[] = [];
  /** How far each candidate is ahead of its turn; they add up to 0 while the candidates stay the same. */
  #current = new Float64Array(0);

  pick(candidates: readonly Backend[]): Backend {
    if (candidates !== this.#known) this.#adopt(candidates);
    const current = this.#current;
    let total = 0;
    let best = 0;
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < candidates.length; i++) {
      const { weight } = candidates[i] as Backend;
      const value = (current[i] as number) + weight;
      current[i] = value;
      total += weight;
      if (value > highest) {
        highest = value;
        best = i;
      }
    }
    current[best] = highest - total;
    return candidates[best] as Backend;
  }

  /** Whoever stays keeps its turn: a pool that flaps must not always start again at the first backend. */
  #adopt(candidates: readonly Backend[]): void {
    const before = new Map(this.#known.map((backend, i) => [backend, this.#current[i] ?? 0]));
    this.#current = Float64Array.from(candidates, (backend) => before.get(backend) ?? 0);
    this.#known = candidates;
  }
}
