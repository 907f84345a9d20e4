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
  #known: readonly Backend[] = [];
  #ofKnown: readonly SlidingWindow[] = [];

  /** @param length of the window, in milliseconds */
  constructor(clock: Clock, length: number) {
    this.#clock = clock;
    this.#length = length;
  }

  /** Everyone's window, up to date. Those of the list that was asked for last are kept at hand. */
  of(backends: readonly Backend[]): readonly SlidingWindow[] {
    if (backends !== this.#known) {
      this.#known = backends;
      this.#ofKnown = backends.map((backend) => this.#windowOf(backend));
    }
    const now = this.#clock.now();
    for (const window of this.#ofKnown) window.forget(now);
    return this.#ofKnown;
  }

  record(backend: Backend, outcome: Outcome): void {
    const latency = latencyOf(outcome, FAILURE_COST);
    if (latency >= 0) this.#windowOf(backend).add(this.#clock.now(), latency, hasFailed(outcome));
  }

  #windowOf(backend: Backend): SlidingWindow {
    let window = this.#windows.get(backend);
    if (window === undefined) {
      window = new SlidingWindow(this.#length);
      this.#windows.set(backend, window);
    }
    return window;
  }
}
