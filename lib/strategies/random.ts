import type { Backend } from '../core/backend.js';
import { type NoOptions, noOptions } from '../core/schema.js';
import type { Strategy, StrategyModule } from '../core/strategy.js';
import { Draws } from '../util/draws.js';
import { POINTS, Shares } from '../util/shares.js';

/** At random, by weight. */
export const random: StrategyModule<NoOptions> = {
  options: noOptions,
  create: (_options, environment) => new WeightedRandom(new Draws(environment.random)),
};

class WeightedRandom implements Strategy {
  readonly #draws: Draws;
  #known: readonly Backend[] = [];
  /** Undefined while all weights are equal. */
  #shares: Shares | undefined;

  constructor(draws: Draws) {
    this.#draws = draws;
  }

  pick(candidates: readonly Backend[]): Backend {
    if (candidates !== this.#known) this.#adopt(candidates);
    const shares = this.#shares;
    if (shares === undefined) return candidates[this.#draws.take(candidates.length)] as Backend;
    return candidates[shares.holder(this.#draws.take(POINTS))] as Backend;
  }

  peek(candidates: readonly Backend[]): Backend {
    if (candidates !== this.#known) this.#adopt(candidates);
    const shares = this.#shares;
    if (shares === undefined) return candidates[this.#draws.peek(0, candidates.length)] as Backend;
    return candidates[shares.holder(this.#draws.peek(0, POINTS))] as Backend;
  }

  #adopt(candidates: readonly Backend[]): void {
    this.#known = candidates;
    const equal = candidates.every((backend) => backend.weight === candidates[0]?.weight);
    this.#shares = equal ? undefined : new Shares(candidates);
  }
}
