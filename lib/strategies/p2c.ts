import { z } from 'zod';
import type { Backend } from '../core/backend.js';
import type { Outcome } from '../core/outcome.js';
import { strictObject } from '../core/problems.js';
import type { Strategy, StrategyModule } from '../core/strategy.js';
import { type LoadName, loadMetrics } from '../load/index.js';
import type { LoadMetric } from '../load/metric.js';
import { Draws } from '../util/draws.js';
import { Turns } from '../util/turns.js';

export interface P2cOptions {
  /** What is compared: requests in flight, or these times latency. Default 'active'. */
  readonly load?: LoadName | undefined;
  /** How many are drawn, 2 to 32. Default 2; more come nearer to asking everyone, and herd more. */
  readonly choices?: number | undefined;
}

const loadNames = Object.keys(loadMetrics) as LoadName[];

/**
 * Power of two choices: of two backends drawn at random the one with less load per weight; of equals the one picked
 * fewer times per weight. Nearly as even as asking everyone, at a cost that does not grow, and with several balancers
 * in front of one pool it does not herd onto the one that looks idle.
 *
 * Source: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing" (2001); Finagle's P2C.
 */
export const p2c: StrategyModule<P2cOptions> = {
  options: strictObject({
    load: z.enum(loadNames, { error: `one of ${loadNames.join(', ')}` }).optional(),
    choices: z.int('a whole number').min(2, 'at least 2').max(32, 'at most 32').optional(),
  }),
  create: ({ load = 'active', choices = 2 }, { clock, random }) =>
    new PowerOfChoices(new Draws(random), loadMetrics[load].create(clock), choices),
};

export class PowerOfChoices implements Strategy {
  readonly #draws: Draws;
  readonly #load: LoadMetric;
  readonly #choices: number;
  /** Who has been drawn, in ascending order. */
  readonly #drawn: Int32Array;
  /** Chance draws some less often than others for a while: what they missed they may catch up on. */
  readonly #turns = new Turns<Backend>(30);

  constructor(draws: Draws, load: LoadMetric, choices: number) {
    this.#draws = draws;
    this.#load = load;
    this.#choices = choices;
    this.#drawn = new Int32Array(choices);
  }

  pick(candidates: readonly Backend[]): Backend {
    this.#turns.adopt(candidates);
    const count = candidates.length;
    const points = this.#turns.points(candidates);
    let chosen = this.#draws.take(count);
    if (count > 1) {
      // A distinct second draw. Redrawing, or stepping on by one, would favour the neighbours.
      let other = this.#draws.take(count - 1);
      // One more where other >= chosen, without a branch: which way it goes no processor can guess.
      other += (chosen - other - 1) >>> 31;
      const first = chosen;
      if (this.#prefers(candidates, points, other, chosen)) chosen = other;
      if (this.#choices > 2) chosen = this.#further(candidates, points, first, other, chosen, false);
    }
    this.#turns.take(chosen);
    return candidates[chosen] as Backend;
  }

  peek(candidates: readonly Backend[]): Backend {
    const count = candidates.length;
    const points = this.#turns.points(candidates);
    const first = this.#draws.peek(0, count);
    if (count === 1) return candidates[0] as Backend;
    let other = this.#draws.peek(1, count - 1);
    if (other >= first) other++;
    const chosen = this.#prefers(candidates, points, other, first) ? other : first;
    return candidates[this.#further(candidates, points, first, other, chosen, true)] as Backend;
  }

  score(backend: Backend): number {
    return this.#load.of(backend) / backend.weight;
  }

  onRelease(backend: Backend, outcome: Outcome): void {
    this.#load.record?.(backend, outcome);
  }

  /** The third choice and those behind it: each a distinct draw, by stepping over those already drawn in their order. */
  #further(
    candidates: readonly Backend[],
    points: Float64Array,
    first: number,
    second: number,
    best: number,
    looking: boolean,
  ): number {
    const drawn = this.#drawn;
    drawn[0] = Math.min(first, second);
    drawn[1] = Math.max(first, second);
    let chosen = best;
    for (let size = 2; size < this.#choices && size < candidates.length; size++) {
      const left = candidates.length - size;
      let next = looking ? this.#draws.peek(size, left) : this.#draws.take(left);
      let place = 0;
      for (; place < size && next >= (drawn[place] as number); place++) next++;
      drawn.copyWithin(place + 1, place, size);
      drawn[place] = next;
      if (this.#prefers(candidates, points, next, chosen)) chosen = next;
    }
    return chosen;
  }

  #prefers(candidates: readonly Backend[], points: Float64Array, a: number, b: number): boolean {
    const first = candidates[a] as Backend;
    const second = candidates[b] as Backend;
    const difference = this.#load.of(first) * second.weight - this.#load.of(second) * first.weight;
    return difference < 0 || (difference === 0 && (points[a] as number) < (points[b] as number));
  }
}
