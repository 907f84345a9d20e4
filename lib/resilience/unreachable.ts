import type { BackendRecord } from '../core/backend.js';
import type { Clock, Timer } from '../core/clock.js';

/**
 * How long nobody tries whether a backend can be connected to again, in ms. Short, since finding out costs a request
 * little: it is sent to another one at once.
 */
const REST = 500;

/**
 * Backends that could not be connected to and that no breaker may leave out, since too many are out already. That bound
 * is there so that enough are left to carry the load; one that takes no connection carries none. They are asked after all
 * others for a moment, or, failing faster than anyone answers, they would look idle and be asked first.
 */
export class Unreachable {
  readonly #clock: Clock;
  readonly #onChange: (backend: BackendRecord, unreachable: boolean) => void;
  readonly #timers = new Map<BackendRecord, Timer>();

  constructor(clock: Clock, onChange: (backend: BackendRecord, unreachable: boolean) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** It could not be connected to. */
  add(backend: BackendRecord): void {
    if (this.#timers.has(backend)) return;
    this.#timers.set(
      backend,
      this.#clock.after(REST, () => this.remove(backend)),
    );
    this.#onChange(backend, true);
  }

  /** It was reached, or its time is over. */
  remove(backend: BackendRecord): void {
    const timer = this.#timers.get(backend);
    if (timer === undefined) return;
    timer.cancel();
    this.#timers.delete(backend);
    this.#onChange(backend, false);
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.cancel();
  }
}
