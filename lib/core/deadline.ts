import type { Clock, Timer } from './clock.js';

/** A moment that can be brought forward, and never put off: whoever was told it waits no longer than that. */
export class Deadline {
  readonly #clock: Clock;
  readonly #onOver: () => void;
  #at = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(clock: Clock, onOver: () => void) {
    this.#clock = clock;
    this.#onOver = onOver;
  }

  /**
   * It is in so many milliseconds, unless it was to be before that.
   *
   * @param ms undefined leaves it to those who have said, and to `otherwise` if nobody has
   */
  within(ms: number | undefined, otherwise: number): void {
    if (ms === undefined && this.#at < Number.POSITIVE_INFINITY) return;
    this.#set(ms ?? otherwise);
  }

  /** For good: who is still about to bring it forward comes too late. */
  cancel(): void {
    this.#at = Number.NEGATIVE_INFINITY;
    this.#timer?.cancel();
  }

  #set(ms: number): void {
    const at = this.#clock.now() + ms;
    if (at >= this.#at) return;
    this.#at = at;
    this.#timer?.cancel();
    this.#timer = this.#clock.after(ms, this.#onOver);
  }
}
