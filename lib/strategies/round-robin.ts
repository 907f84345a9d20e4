import type { Backend } from '../core/backend.js';
import { type NoOptions, noOptions } from '../core/schema.js';
import type { Strategy, StrategyModule } from '../core/strategy.js';

/** In turn, in order of declaration; weights are ignored. */
export const roundRobin: StrategyModule<NoOptions> = {
  options: noOptions,
  create: () => new RoundRobin(),
};

class RoundRobin implements Strategy {
  #next = 0;

  pick(candidates: readonly Backend[]): Backend {
    // Checked at the pick, not after it: the list may have become shorter in between.
    const index = this.#next < candidates.length ? this.#next : 0;
    this.#next = index + 1;
    return candidates[index] as Backend;
  }

  peek(candidates: readonly Backend[]): Backend {
    return candidates[this.#next < candidates.length ? this.#next : 0] as Backend;
  }
}
