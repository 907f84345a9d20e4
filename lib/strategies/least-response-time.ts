import type { Backend } from '../core/backend.js';
import { type Duration, durationSchema, milliseconds } from '../core/duration.js';
import type { Outcome } from '../core/outcome.js';
import { strictObject } from '../core/problems.js';
import type { Strategy, StrategyModule } from '../core/strategy.js';
import { ResponseTime } from '../load/response-time.js';
import { Turns } from '../util/turns.js';

export interface LeastResponseTimeOptions {
  /** Silence after which a latency average has halved, in milliseconds or as in '10s'. Default 10 s. */
  readonly decay?: Duration | undefined;
}

/**
 * The smallest latency average x (active + 1) / weight; ties in turn. Who has not answered yet counts as fast as the
 * fastest, and while nobody has, the fewest active per weight win.
 *
 * Source: nginx's least_time.
 */
export const leastResponseTime: StrategyModule<LeastResponseTimeOptions> = {
  options: strictObject({ decay: durationSchema(1).optional() }),
  create: ({ decay = 10_000 }, { clock }) => new LeastResponseTime(new ResponseTime(clock, milliseconds(decay))),
};

class LeastResponseTime implements Strategy {
  readonly #latency: ResponseTime;
  readonly #turns = new Turns<Backend>();
  /** The averages of one pick, so that each is worked out once. */
  #averages = new Float64Array(0);
  /** The least that any candidate of the last pick took. */
  readonly #fastest = new Float64Array(1);

  constructor(latency: ResponseTime) {
    this.#latency = latency;
  }

  pick(candidates: readonly Backend[]): Backend {
    this.#turns.adopt(candidates);
    const index = this.#leastOf(candidates);
    this.#turns.take(index);
    return candidates[index] as Backend;
  }

  peek(candidates: readonly Backend[]): Backend {
    return candidates[this.#leastOf(candidates)] as Backend;
  }

  score(backend: Backend): number {
    const average = this.#latency.of(backend);
    return (Math.max(average, this.#fastest[0] as number) * (backend.active + 1)) / backend.weight;
  }

  onRelease(backend: Backend, outcome: Outcome): void {
    this.#latency.record(backend, outcome);
  }

  #leastOf(candidates: readonly Backend[]): number {
    const points = this.#turns.points(candidates);
    const fastest = this.#measure(candidates);
    const averages = this.#averages;
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < candidates.length; i++) {
      const { active, weight } = candidates[i] as Backend;
      const average = averages[i] as number;
      // Nobody has answered: latency is no reason, and an idle pool is to share by weight.
      const load = fastest < 0 ? active : (average < 0 ? fastest : average) * (active + 1);
      const score = load / weight;
      if (score < least || (score === least && (points[i] as number) < (points[best] as number))) {
        least = score;
        best = i;
      }
    }
    return best;
  }

  /**
   * Works out everyone's average; gives the least of them, -1 where there is none. Silence makes nobody look faster than
   * the fastest was: else, after ten quiet minutes, whoever hangs would get everything, however much it has in flight.
   */
  #measure(candidates: readonly Backend[]): number {
    if (this.#averages.length < candidates.length) this.#averages = new Float64Array(candidates.length);
    const averages = this.#averages;
    const fastest = this.#latency.write(candidates, averages);
    for (let i = 0; i < candidates.length; i++) {
      const average = averages[i] as number;
      if (average >= 0 && average < fastest) averages[i] = fastest;
    }
    this.#fastest[0] = Math.max(0, fastest);
    return fastest;
  }
}
