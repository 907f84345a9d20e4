import type { Clock, Timer } from '../../core/clock.js';

/** How long, in ms, an answer waits for those who are behind: at a time, and in all. */
export const AT_A_TIME = 250;
export const IN_ALL = 1_000;

/**
 * Who reads about as fast as the others is behind them for moments: for that they wait, and no longer. What they wait in
 * all is bounded, however many are slow.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #over: () => void;
  #left = IN_ALL;
  #since = 0;
  #timer: Timer | undefined;

  /** @param over it has waited long enough for those who are behind now */
  constructor(clock: Clock, over: () => void) {
    this.#clock = clock;
    this.#over = over;
  }

  /** Whether the answer waits. */
  get waits(): boolean {
    return this.#timer !== undefined;
  }

  /** @param behind whether there is somebody to wait for */
  look(behind: boolean): void {
    if (behind === this.waits) return;
    if (!behind) {
      this.#end();
    } else if (this.#left > 0) {
      this.#since = this.#clock.now();
      this.#timer = this.#clock.after(Math.min(AT_A_TIME, this.#left), () => {
        this.#end();
        this.#over();
      });
    }
  }

  #end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#left -= this.#clock.now() - this.#since;
  }
}
