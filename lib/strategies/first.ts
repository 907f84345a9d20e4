import type { Backend } from '../core/backend.js';
import { type NoOptions, noOptions } from '../core/schema.js';
import type { Strategy, StrategyModule } from '../core/strategy.js';

/** The first available, in order of declaration: everything to one backend until it is full or gone. Weights are ignored. */
export const first: StrategyModule<NoOptions> = {
  options: noOptions,
  create: () => new First(),
};

class First implements Strategy {
  pick(candidates: readonly Backend[]): Backend {
    return candidates[0] as Backend;
  }

  peek(candidates: readonly Backend[]): Backend {
    return candidates[0] as Backend;
  }
}
