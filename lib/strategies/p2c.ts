import type { Backend } from '../core/backend.js';
import type { Random } from '../core/random.js';
import { type NoOptions, noOptions } from '../core/schema.js';
import type { Strategy, StrategyModule } from '../core/strategy.js';
import { activeLoad } from '../load/active.js';
import type { LoadMetric } from '../load/metric.js';
import { Turns } from '../util/turns.js';

/**
 * Power of two choices: of two backends drawn at random the one with less load per weight; of equals the one picked
 * fewer times per weight. Nearly as even as asking everyone, at a cost that does not grow, and with several balancers
 * in front of one pool it does not herd onto the one that looks idle.
 *
 * Source: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing" (2001); Finagle's P2C.
 */
export const p2c: StrategyModule<NoOptions> = {
  options: noOptions,
  create: (_options, environment) => new PowerOfTwoChoices(environment.random, activeLoad),
};

class PowerOfTwoChoices implements Strategy {
  readonly #random: Random;
  readonly #load: LoadMetric;
  /** Chance draws some less often than others for a while: what they missed they may catch up on. */
  readonly #turns = new Turns<Backend>(30);

  constructor(random: Random, load: LoadMetric) {
    this.#random = random;
    this.#load = load;
  }

  pick(candidates: readonly Backend[]): Backend {
    this.#turns.adopt(candidates);
    const count = candidates.length;
    let chosen = Math.floor(this.#random() * count);
    if (count > 1) {
      // A distinct second draw. Redrawing, or stepping on by one, would favour the neighbours.
      let other = Math.floor(this.#random() * (count - 1));
      if (other >= chosen) other++;
      if (this.#prefers(candidates, other, chosen)) chosen = other;
    }
    this.#turns.take(chosen);
    return candidates[chosen] as Backend;
  }

  #prefers(candidates: readonly Backend[], a: number, b: number): boolean {
    const first = candidates[a] as Backend;
    const second = candidates[b] as Backend;
    const difference = this.#load.of(first) * second.weight - this.#load.of(second) * first.weight;
    return difference < 0 || (difference === 0 && this.#turns.before(a, b));
  }
}
