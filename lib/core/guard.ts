import type { Clock } from './clock.js';

/** How long a request waits for something of a user's own, in ms. */
export const PATIENCE = 100;

/** How long one that gave no answer in time is left alone, in ms: each request would wait for it again. */
export const REST = 5_000;

export interface GuardOptions {
  readonly clock: Clock;
  /** Hears of a failure, and of the next one only when it has worked in between. */
  readonly threw: (what: string, cause: unknown) => void;
}

/**
 * Asks something of a user's own that may be slow, or fail, such as a store on a server: it never throws, and answers in
 * time or not at all. One that hangs is left alone for a while, then asked by one request; the others do not wait for what
 * comes of that.
 */
export class Guard {
  readonly #options: GuardOptions;
  #reported = false;
  /** Until then it is left alone; -Infinity while it works. */
  #restsUntil = Number.NEGATIVE_INFINITY;

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  /**
   * What it says: at once, if it does so at once. Undefined while it is left alone, or where it fails. Never rejects.
   *
   * @param what failed, as it is told
   */
  ask<T>(what: string, run: () => T | PromiseLike<T>): T | undefined | Promise<T | undefined> {
    if (this.#rests()) return undefined;
    try {
      const answer = run();
      return isLater(answer) ? this.#inTime(what, answer) : this.#worked(answer);
    } catch (thrown) {
      return this.#failed(what, thrown);
    }
  }

  /** Whether it is left alone. When its time is over the first to ask finds out; until that is known it is for the others. */
  #rests(): boolean {
    if (this.#restsUntil === Number.NEGATIVE_INFINITY) return false;
    const now = this.#options.clock.now();
    if (now < this.#restsUntil) return true;
    this.#restsUntil = now + PATIENCE;
    return false;
  }

  #inTime<T>(what: string, answer: PromiseLike<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      // What comes too late is no sign that it works: one that is always slow would be waited for, and told of, anew.
      let late = false;
      const timer = this.#options.clock.after(PATIENCE, () => {
        late = true;
        resolve(this.#failed(what, new Error(`no answer within ${PATIENCE} ms`)));
        this.#restsUntil = this.#options.clock.now() + REST;
      });
      // A thenable of the user's own may throw where a promise would reject.
      Promise.resolve(answer).then(
        (value) => {
          timer.cancel();
          if (!late) resolve(this.#worked(value));
        },
        (reason: unknown) => {
          timer.cancel();
          if (!late) resolve(this.#failed(what, reason));
        },
      );
    });
  }

  #worked<T>(value: T): T {
    this.#reported = false;
    this.#restsUntil = Number.NEGATIVE_INFINITY;
    return value;
  }

  #failed(what: string, cause: unknown): undefined {
    // It has said so in time: that costs nobody a wait.
    this.#restsUntil = Number.NEGATIVE_INFINITY;
    if (!this.#reported) this.#options.threw(what, cause);
    this.#reported = true;
    return undefined;
  }
}

/** Also a thenable that is no promise. */
export function isLater<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
