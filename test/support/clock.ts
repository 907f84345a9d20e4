import type { Clock, Timer } from '../../lib/core/clock.js';

interface FakeTimer extends Timer {
  readonly due: number;
  /** Order in which timers of one moment fire. */
  readonly started: number;
  fire(): void;
}

/** Time that stands still until a test moves it on. Its timers behave as Node's do. */
export class FakeClock implements Clock {
  #now: number;
  readonly #epoch: number;
  #started = 0;
  readonly #timers = new Set<FakeTimer>();

  /** @param epoch what `date()` says at time 0 */
  constructor(now = 0, epoch = Date.UTC(2026, 0, 1)) {
    this.#now = now;
    this.#epoch = epoch;
  }

  now(): number {
    return this.#now;
  }

  date(): number {
    return this.#epoch + this.#now;
  }

  after(ms: number, fn: () => void): Timer {
    let due = 0;
    let started = 0;
    let cancelled = false;
    const start = (): void => {
      due = this.#now + ms;
      started = ++this.#started;
      this.#timers.add(timer);
    };
    const timer: FakeTimer = {
      get due() {
        return due;
      },
      get started() {
        return started;
      },
      fire: fn,
      // Starts one that has fired anew, but never one that was cancelled: so does Node.
      refresh: () => {
        if (!cancelled) start();
      },
      cancel: () => {
        cancelled = true;
        this.#timers.delete(timer);
      },
    };
    start();
    return timer;
  }

  /** Timers that have yet to fire. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves time on and fires what falls due, in order, timers started on the way included. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.due);
      this.#timers.delete(next);
      next.fire();
    }
    this.#now = end;
  }

  #next(end: number): FakeTimer | undefined {
    return [...this.#timers]
      .filter((timer) => timer.due <= end)
      .sort((a, b) => a.due - b.due || a.started - b.started)[0];
  }
}
