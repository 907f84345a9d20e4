import type { Clock, Timer } from '../core/clock.js';

/** What a virtual clock needs of the event queue. */
export interface TimerQueue {
  /** @returns the event's stamp */
  push(time: number, timer: number): number;
}

interface Running {
  readonly ms: number;
  readonly fn: () => void;
  /** Of the event that is to fire it; 0 once it has been cancelled. */
  stamp: number;
}

/** Where dates begin: any would do, as long as it is the same in every run. */
const EPOCH = Date.UTC(2026, 0, 1);

/** Time that moves from event to event. Timers are events like any other. */
export class VirtualClock implements Clock {
  #now = 0;
  readonly #queue: TimerQueue;
  readonly #timers: Running[] = [];

  constructor(queue: TimerQueue) {
    this.#queue = queue;
  }

  now(): number {
    return this.#now;
  }

  date(): number {
    return EPOCH + this.#now;
  }

  after(ms: number, fn: () => void): Timer {
    const index = this.#timers.length;
    const timer: Running = { ms: Math.max(0, ms), fn, stamp: 0 };
    this.#timers.push(timer);
    let cancelled = false;
    const start = (): void => {
      if (!cancelled) timer.stamp = this.#queue.push(this.#now + timer.ms, index);
    };
    start();
    return {
      refresh: start,
      cancel: () => {
        cancelled = true;
        timer.stamp = 0;
      },
    };
  }

  moveTo(time: number): void {
    this.#now = time;
  }

  /** The event of this timer has come up. It may be one that was cancelled or started anew since. */
  fire(index: number, stamp: number): void {
    const timer = this.#timers[index];
    if (timer !== undefined && timer.stamp === stamp) timer.fn();
  }
}
