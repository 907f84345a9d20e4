import { z } from 'zod';
import type { Backend } from '../core/backend.js';
import type { Outcome } from '../core/outcome.js';
import { strictObject } from '../core/problems.js';
import type { Strategy, StrategyModule } from '../core/strategy.js';
import { type LoadName, loadMetrics } from '../load/index.js';
import type { LoadMetric } from '../load/metric.js';
import { Draws, HALVES, lowerHalf, upperHalf } from '../util/draws.js';
import { Turns } from '../util/turns.js';

export interface P2cOptions {
  /** What is compared: requests in flight, or these times latency. Default 'active'. */
  readonly load?: LoadName | undefined;
  /** How many are drawn, 2 to 32. Default 2; more come nearer to asking everyone, and herd more. */
  readonly choices?: number | undefined;
}

const loadNames = Object.keys(loadMetrics) as LoadName[];

/**
 * Power of two choices: of two backends drawn at random the one with less load per weight; of equals the one whose turn
 * it is, by weight. Nearly as even as asking everyone, at a cost that does not grow, and with several balancers
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
  /**
   * Only ties are taken in turn, so a pick that loads decide pays nothing for it. Chance draws some less often than others
   * for a while: what they missed they may catch up on.
   */
  readonly #turns = new Turns<Backend>(30);

  constructor(draws: Draws, load: LoadMetric, choices: number) {
    this.#draws = draws;
    this.#load = load;
    this.#choices = choices;
    this.#drawn = new Int32Array(choices);
  }

  pick(candidates: readonly Backend[]): Backend {
    const count = candidates.length;
    if (count === 1) return candidates[0] as Backend;
    const draws = this.#draws;
    let chosen: number;
    let other: number;
    if (count <= HALVES) {
      // Chance costs a good part of a pick, and one draw has enough of it for two.
      const bits = draws.bits();
      chosen = upperHalf(bits, count);
      other = lowerHalf(bits, count - 1);
    } else {
      chosen = draws.take(count);
      other = draws.take(count - 1);
    }
    // A distinct second: redrawing, or stepping on by one, would favour the neighbours. One more where other >= chosen,
    // without a branch: which way it goes no processor can guess.
    other += (chosen - other - 1) >>> 31;
    if (this.#choices > 2) return candidates[this.#ofMore(candidates, chosen, other)] as Backend;
    const difference = this.#difference(candidates[other] as Backend, candidates[chosen] as Backend);
    if (difference < 0) chosen = other;
    else if (difference === 0) chosen = this.#turns.first(candidates, chosen, other);
    return candidates[chosen] as Backend;
  }

  peek(candidates: readonly Backend[]): Backend {
    const count = candidates.length;
    if (count === 1) return candidates[0] as Backend;
    const draws = this.#draws;
    const halves = count <= HALVES;
    const first = halves ? upperHalf(draws.peekBits(0), count) : draws.peek(0, count);
    let other = halves ? lowerHalf(draws.peekBits(0), count - 1) : draws.peek(1, count - 1);
    if (other >= first) other++;
    const points = this.#turns.points(candidates);
    if (this.#choices > 2) {
      const drawn = this.#drawMore(first, other, count, (place, left) => draws.peek((halves ? 1 : 2) + place, left));
      return candidates[this.#leastOf(candidates, points, drawn)] as Backend;
    }
    return candidates[this.#leastOf(candidates, points, [first, other])] as Backend;
  }

  score(backend: Backend): number {
    return this.#load.of(backend) / backend.weight;
  }

  onRelease(backend: Backend, outcome: Outcome): void {
    this.#load.record?.(backend, outcome);
  }

  #ofMore(candidates: readonly Backend[], first: number, second: number): number {
    this.#turns.adopt(candidates);
    const drawn = this.#drawMore(first, second, candidates.length, (_place, left) => this.#draws.take(left));
    const chosen = this.#leastOf(candidates, this.#turns.points(candidates), drawn);
    this.#turns.take(chosen);
    return chosen;
  }

  /**
   * The third choice and those behind it: each a distinct draw, by stepping over those already drawn in their order.
   *
   * @param draw the draw at this place behind the first two, as one of 0 to left - 1
   * @returns all that were drawn
   */
  #drawMore(first: number, second: number, count: number, draw: (place: number, left: number) => number): Int32Array {
    const drawn = this.#drawn;
    drawn[0] = Math.min(first, second);
    drawn[1] = Math.max(first, second);
    const most = Math.min(this.#choices, count);
    for (let size = 2; size < most; size++) {
      let next = draw(size - 2, count - size);
      let place = 0;
      for (; place < size && next >= (drawn[place] as number); place++) next++;
      drawn.copyWithin(place + 1, place, size);
      drawn[place] = next;
    }
    return drawn.subarray(0, most);
  }

  #leastOf(candidates: readonly Backend[], points: Float64Array, drawn: ArrayLike<number> & Iterable<number>): number {
    let chosen = drawn[0] as number;
    for (const next of drawn) {
      const difference = this.#difference(candidates[next] as Backend, candidates[chosen] as Backend);
      if (difference < 0 || (difference === 0 && (points[next] as number) < (points[chosen] as number))) chosen = next;
    }
    return chosen;
  }

  /** Below 0 where a has less load per weight than b. */
  #difference(a: Backend, b: Backend): number {
    return this.#load.of(a) * b.weight - this.#load.of(b) * a.weight;
  }
}
