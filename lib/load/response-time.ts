import type { Backend } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import type { Outcome } from '../core/outcome.js';
import { FAILURE_COST, latencyOf } from './sample.js';

const AVERAGE = 0;
const STAMP = 1;

/**
 * Average milliseconds to the response head: each new one counts for a twentieth, and what is known halves for each
 * `decay` of silence, so that who was slow gets another chance. The next answer then counts for the half that was lost:
 * else whoever is asked seldom would look fast. A failure counts as `max(actual, 5 s)`.
 *
 * Source: nginx's least_time, which has `0.05 v + 0.95 avg`, halved for each fail_timeout of silence.
 */
export class ResponseTime {
  readonly #clock: Clock;
  /** Time constant of the halving: decay / ln 2. */
  readonly #tau: number;
  /** Average, -1 while nothing is known, and when it was that. */
  readonly #states = new WeakMap<Backend, Float64Array>();
  #known: readonly Backend[] = [];
  #ofKnown: readonly Float64Array[] = [];

  /** @param decay milliseconds of silence that halve an average */
  constructor(clock: Clock, decay: number) {
    this.#clock = clock;
    this.#tau = decay / Math.LN2;
  }

  /** -1 while nothing is known. */
  of(backend: Backend): number {
    const state = this.#stateOf(backend);
    return (state[AVERAGE] as number) * this.#kept(state, this.#clock.now());
  }

  /**
   * Writes everyone's average, -1 where nothing is known. Looks at the clock once.
   *
   * @returns the least of them as it was when last heard of, whatever the silence since; -1 while nothing is known
   */
  write(backends: readonly Backend[], averages: Float64Array): number {
    if (backends !== this.#known) {
      this.#known = backends;
      this.#ofKnown = backends.map((backend) => this.#stateOf(backend));
    }
    const now = this.#clock.now();
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#ofKnown.length; i++) {
      const state = this.#ofKnown[i] as Float64Array;
      const average = state[AVERAGE] as number;
      if (average >= 0 && average < least) least = average;
      averages[i] = average < 0 ? -1 : average * Math.exp(((state[STAMP] as number) - now) / this.#tau);
    }
    return least === Number.POSITIVE_INFINITY ? -1 : least;
  }

  record(backend: Backend, outcome: Outcome): void {
    const latency = latencyOf(outcome, FAILURE_COST);
    if (latency < 0) return;
    const state = this.#stateOf(backend);
    const now = this.#clock.now();
    const w = (state[AVERAGE] as number) < 0 ? 0 : 0.95 * this.#kept(state, now);
    state[AVERAGE] = (1 - w) * latency + w * (state[AVERAGE] as number);
    state[STAMP] = now;
  }

  #stateOf(backend: Backend): Float64Array {
    let state = this.#states.get(backend);
    if (state === undefined) {
      state = Float64Array.of(-1, 0);
      this.#states.set(backend, state);
    }
    return state;
  }

  /** What is left of an average by now; of an unknown one, all. */
  #kept(state: Float64Array, now: number): number {
    return (state[AVERAGE] as number) < 0 ? 1 : Math.exp(((state[STAMP] as number) - now) / this.#tau);
  }
}
