import type { Clock } from '../core/clock.js';

/** Slices of a window: what is forgotten at once is a tenth of it. */
const SLICES = 10;

/** Counts of the last so many milliseconds, in slices that are emptied as their time comes round again. No timer. */
export class SlidingCounts {
  readonly #clock: Clock;
  readonly #slice: number;
  readonly #passed = new Float64Array(SLICES);
  readonly #failed = new Float64Array(SLICES);
  /** Number of the slice that is being filled, counted from the clock's zero. */
  #current: number;

  constructor(clock: Clock, window: number) {
    this.#clock = clock;
    this.#slice = window / SLICES;
    this.#current = this.#now();
  }

  add(failed: boolean): void {
    const at = this.#advance() % SLICES;
    const counts = failed ? this.#failed : this.#passed;
    counts[at] = (counts[at] ?? 0) + 1;
  }

  get failed(): number {
    this.#advance();
    return sum(this.#failed);
  }

  get total(): number {
    this.#advance();
    return sum(this.#failed) + sum(this.#passed);
  }

  #now(): number {
    return Math.floor(this.#clock.now() / this.#slice);
  }

  #advance(): number {
    const now = this.#now();
    // After a long silence every slice is old, and none needs emptying twice.
    for (let slice = Math.max(this.#current + 1, now - SLICES + 1); slice <= now; slice++) {
      this.#passed[slice % SLICES] = 0;
      this.#failed[slice % SLICES] = 0;
    }
    this.#current = now;
    return now;
  }
}

function sum(counts: Float64Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
