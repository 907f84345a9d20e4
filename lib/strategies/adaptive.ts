import { z } from 'zod';
import type { Backend } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import { type Duration, durationSchema, milliseconds } from '../core/duration.js';
import type { Outcome } from '../core/outcome.js';
import { strictObject } from '../core/problems.js';
import type { Strategy, StrategyModule } from '../core/strategy.js';
import { Recent } from '../load/recent.js';
import { Exploration } from '../util/exploration.js';
import { Scores, type Shares } from '../util/scores.js';
import type { SlidingWindow } from '../util/sliding-window.js';
import { Turns } from '../util/turns.js';

export interface AdaptiveOptions {
  /** How much each part counts, at least 0 each. Default 0.4, 0.4 and 0.2. */
  readonly weights?: { readonly [Part in keyof Shares]?: number | undefined } | undefined;
  /** How far back latency and errors are looked at, in milliseconds or as in '60s'. Default 60 s. */
  readonly window?: Duration | undefined;
}

const share = z.number('a number').min(0, 'at least 0').max(1000, 'at most 1000').optional();

/**
 * The lowest score of latency, error rate and load, each relative to the worst of the pool. Load is active per weight;
 * ties go in turn by weight. What is older than `window` is forgotten, and at most every twentieth pick goes to a
 * backend that has had none for a twelfth of `window`: one that has recovered is found out.
 */
export const adaptive: StrategyModule<AdaptiveOptions> = {
  options: strictObject({
    weights: strictObject({ latency: share, errors: share, load: share }).optional(),
    window: durationSchema(12).optional(),
  }),
  create: ({ weights: { latency = 0.4, errors = 0.4, load = 0.2 } = {}, window = 60_000 }, { clock }) =>
    new Adaptive(clock, { latency, errors, load }, milliseconds(window)),
};

class Adaptive implements Strategy {
  readonly #clock: Clock;
  readonly #recent: Recent;
  readonly #scores: Scores;
  readonly #turns = new Turns<Backend>();
  readonly #exploration: Exploration<Backend>;
  #known: readonly Backend[] = [];

  constructor(clock: Clock, shares: Shares, window: number) {
    this.#clock = clock;
    this.#recent = new Recent(clock, window);
    this.#scores = new Scores(shares);
    this.#exploration = new Exploration(window / 12);
  }

  pick(candidates: readonly Backend[]): Backend {
    const now = this.#clock.now();
    if (candidates !== this.#known) {
      this.#known = candidates;
      this.#turns.adopt(candidates);
      this.#exploration.adopt(candidates, now);
    }
    const due = this.#exploration.due(candidates, now);
    const index = due < 0 ? this.#best(candidates) : due;
    this.#turns.take(index);
    const chosen = candidates[index] as Backend;
    this.#exploration.picked(chosen, now, due >= 0);
    return chosen;
  }

  peek(candidates: readonly Backend[]): Backend {
    const now = this.#clock.now();
    const due = this.#exploration.due(candidates, now);
    return candidates[due < 0 ? this.#best(candidates) : due] as Backend;
  }

  /** Relative to the candidates of the last pick. */
  score(backend: Backend): number {
    const pool = this.#known.includes(backend) ? this.#known : [...this.#known, backend];
    this.#rate(pool);
    return this.#scores.of(pool.indexOf(backend));
  }

  onRelease(backend: Backend, outcome: Outcome): void {
    this.#recent.record(backend, outcome);
  }

  #rate(candidates: readonly Backend[]): void {
    const windows = this.#recent.of(candidates);
    this.#scores.begin(candidates.length);
    for (let i = 0; i < candidates.length; i++) {
      const { active, weight } = candidates[i] as Backend;
      const window = windows[i] as SlidingWindow;
      this.#scores.rate(i, window.latency, window.errorRate, active / weight);
    }
  }

  #best(candidates: readonly Backend[]): number {
    this.#rate(candidates);
    return this.#scores.lowest(candidates.length, this.#turns.points(candidates));
  }
}
