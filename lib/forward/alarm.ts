import { AsyncResource } from 'node:async_hooks';
import type { Clock, Timer } from '../core/clock.js';
import type { TimeoutKind, Wakes, Watch } from './timeouts.js';

/** Whoever has only so much time. */
interface Watched {
  readonly watch: Watch;
  timedOut(kind: TimeoutKind): void;
}

/** How many can be looked at in a hundredth of a millisecond, or more. */
const AT_ONCE = 1_000;

/** So late, in ms, it will not ring any more. */
const LOST = 1_000;

/**
 * One timer for all attempts that are under way. It rings when the first of them may be due. By then most have ended, or
 * moved their deadlines; they are all looked at, and it is set for the next.
 */
export class Alarm implements Wakes {
  readonly #clock: Clock;
  readonly #all: () => readonly Watched[];
  /** Not that of the request which happens to set it: the timer would keep that for as long as it stands. */
  readonly #context = new AsyncResource('FairleadAlarm');
  #timer: Timer | undefined;
  /** When it rings; Infinity for never. */
  #rings = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, all: () => readonly Watched[]) {
    this.#clock = clock;
    this.#all = all;
  }

  set(due: number, now: number): void {
    if (due < this.#rings) this.#set(due, now);
    // A timer of an app's test, with a time of its own, goes with the test. It never rings, and nobody else would set one.
    else if (now - this.#rings > LOST) this.#set(now, now);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#rings = Number.POSITIVE_INFINITY;
  }

  #set(due: number, now: number): void {
    this.stop();
    this.#rings = due;
    this.#timer = this.#context.runInAsyncScope(() => {
      return this.#clock.after(Math.max(0, due - now), () => this.#ring());
    });
  }

  #ring(): void {
    this.stop();
    const now = this.#clock.now();
    for (const one of [...this.#all()]) {
      const kind = one.watch.expired(now);
      if (kind !== undefined) one.timedOut(kind);
    }
    const all = this.#all();
    let next = this.#rings;
    for (const { watch } of all) next = Math.min(next, watch.due);
    // Thousands that are due one by one must not have thousands looked at each time: that takes a hundredth of all time.
    if (next < this.#rings) this.#set(Math.max(next, now + all.length / AT_ONCE), now);
  }
}
