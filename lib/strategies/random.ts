import type { Backend } from '../core/backend.js';
import type { Random } from '../core/random.js';
import { type NoOptions, noOptions } from '../core/schema.js';
import type { Strategy, StrategyModule } from '../core/strategy.js';

/** At random, by weight. */
export const random: StrategyModule<NoOptions> = {
  options: noOptions,
  create: (_options, environment) => new WeightedRandom(environment.random),
};

class WeightedRandom implements Strategy {
  readonly #random: Random;
  #known: readonly Backend[] = [];
  /** Running total of the weights, or empty while they are all equal. */
  #upTo = new Float64Array(0);

  constructor(random: Random) {
    this.#random = random;
  }

  pick(candidates: readonly Backend[]): Backend {
    if (candidates !== this.#known) this.#adopt(candidates);
    const upTo = this.#upTo;
    if (upTo.length === 0) return candidates[Math.floor(this.#random() * candidates.length)] as Backend;
    const point = this.#random() * (upTo[upTo.length - 1] as number);
    let low = 0;
    let high = upTo.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((upTo[middle] as number) > point) high = middle;
      else low = middle + 1;
    }
    return candidates[low] as Backend;
  }

  #adopt(candidates: readonly Backend[]): void {
    this.#known = candidates;
    const equal = candidates.every((backend) => backend.weight === candidates[0]?.weight);
    let total = 0;
    this.#upTo = equal ? new Float64Array(0) : Float64Array.from(candidates, (backend) => (total += backend.weight));
  }
}
