import type { Backend } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import type { Outcome } from '../core/outcome.js';
import { FAILURE_COST, latencyOf } from './sample.js';

const AVERAGE = 0;
const STAMP = 1;

/**
 * Average milliseconds to the response head: each new one counts for a twentieth, and the average halves for each
 * `decay` of silence, so that who was slow gets another chance. A failure counts as `max(actual, 5 s)`.
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
    return average === undefined ? -1 : this.#current(average, now);
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
    average[AVERAGE] = 0.05 * latency + 0.95 * this.#current(average, now);
    average[STAMP] = now;
  }

  #current(average: Float64Array, now: number): number {
    return (average[AVERAGE] as number) * 2 ** (((average[STAMP] as number) - now) / this.#decay);
  }
}
