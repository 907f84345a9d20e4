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
  readonly #decay: number;
  readonly #averages = new WeakMap<Backend, Float64Array>();

  /** @param decay milliseconds of silence that halve an average */
  constructor(clock: Clock, decay: number) {
    this.#clock = clock;
    this.#decay = decay;
  }

  /** -1 while nothing is known. */
  of(backend: Backend, now: number): number {
    const average = this.#averages.get(backend);
    return average === undefined ? -1 : (average[AVERAGE] as number) * this.#kept(average, now);
  }

  record(backend: Backend, outcome: Outcome): void {
    const latency = latencyOf(outcome, FAILURE_COST);
    if (latency < 0) return;
    const average = this.#averages.get(backend);
    if (average === undefined) {
      this.#averages.set(backend, Float64Array.of(latency, this.#clock.now()));
      return;
    }
    const now = this.#clock.now();
    const w = 0.95 * this.#kept(average, now);
    average[AVERAGE] = (1 - w) * latency + w * (average[AVERAGE] as number);
    average[STAMP] = now;
  }

  /** What is left of an average by now. */
  #kept(average: Float64Array, now: number): number {
    return 2 ** (((average[STAMP] as number) - now) / this.#decay);
  }
}
