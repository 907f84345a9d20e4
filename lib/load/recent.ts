import type { Backend } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import type { Outcome } from '../core/outcome.js';
import { SlidingWindow } from '../util/sliding-window.js';
import { FAILURE_COST, hasFailed, latencyOf } from './sample.js';

/** Latency and error rate of each backend over a sliding window. A failure's latency counts as `max(actual, 5 s)`. */
export class Recent {
  readonly #clock: Clock;
  readonly #length: number;
  readonly #windows = new WeakMap<Backend, SlidingWindow>();

  /** @param length of the window, in milliseconds */
  constructor(clock: Clock, length: number) {
    this.#clock = clock;
    this.#length = length;
  }

  /** Undefined of a backend that has never answered. */
  of(backend: Backend): SlidingWindow | undefined {
    return this.#windows.get(backend);
  }

  record(backend: Backend, outcome: Outcome): void {
    const latency = latencyOf(outcome, FAILURE_COST);
    if (latency < 0) return;
    let window = this.#windows.get(backend);
    if (window === undefined) {
      window = new SlidingWindow(this.#length);
      this.#windows.set(backend, window);
    }
    window.add(this.#clock.now(), latency, hasFailed(outcome));
  }
}
