import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Clock } from '../../../core/clock.js';

/**
 * Counts what keys consume, as the limiters of package rate-limiter-flexible do: `consume` resolves while there are points
 * left, and rejects with `{ msBeforeNext }` when there are none. Whatever else it rejects with is a failure of its own.
 */
export interface RateLimiter {
  consume(key: string): PromiseLike<unknown>;
}

/** So many requests in so many milliseconds. */
export interface Points {
  readonly points: number;
  readonly per: number;
}

/** Keys that are remembered. One who has more addresses than that begins anew with each, whatever is remembered. */
const MOST_KEYS = 50_000;

/** Counts in the memory of this process, for no more keys than that; that none is long is for who makes them. */
class MemoryLimiter implements RateLimiter {
  readonly #limiter: RateLimiterMemory;
  /** In order of their first request. */
  readonly #keys = new Set<string>();

  constructor({ points, per }: Points) {
    this.#limiter = new RateLimiterMemory({ points, duration: per / 1000 });
  }

  consume(key: string): PromiseLike<unknown> {
    if (!this.#keys.has(key)) this.#remember(key);
    return this.#limiter.consume(key);
  }

  /** The limiter itself forgets a key when its time is over, and has no bound until then. */
  #remember(key: string): void {
    this.#keys.add(key);
    if (this.#keys.size <= MOST_KEYS) return;
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest);
      void this.#limiter.delete(oldest);
      return;
    }
  }
}

export function memoryLimiter(points: Points): RateLimiter {
  return new MemoryLimiter(points);
}

/** What a limiter said. */
export interface Consumed {
  readonly allowed: boolean;
  /** Points left; undefined where it does not say. */
  readonly left: number | undefined;
  /** Milliseconds until there are points again. */
  readonly wait: number;
}

/** How long a limiter is waited for: a store that hangs must not hold requests up. */
export const LIMITER_TIMEOUT = 100;

/** Asks a limiter that may be a user's own. Undefined where it failed, or did not answer in time; `threw` then hears why. */
export function consumed(
  limiter: RateLimiter,
  key: string,
  clock: Clock,
  threw: (cause: unknown) => void,
): Promise<Consumed | undefined> {
  return new Promise((resolve) => {
    let over = false;
    const failed = (cause: unknown): void => {
      // A client of a store that hung may still fail after the time was over.
      if (over) return;
      over = true;
      timer.cancel();
      threw(cause);
      resolve(undefined);
    };
    const said = (answer: unknown, allowed: boolean): void => {
      timer.cancel();
      resolve({ allowed, left: numberOf(answer, 'remainingPoints'), wait: numberOf(answer, 'msBeforeNext') ?? 1_000 });
    };
    const timer = clock.after(LIMITER_TIMEOUT, () => failed(new Error(`no answer within ${LIMITER_TIMEOUT} ms`)));
    try {
      // Once more: a thenable of the user's own may throw, or call back twice.
      Promise.resolve(limiter.consume(key)).then(
        (answer) => said(answer, true),
        (reason: unknown) => (numberOf(reason, 'msBeforeNext') === undefined ? failed(reason) : said(reason, false)),
      );
    } catch (thrown) {
      failed(thrown);
    }
  });
}

function numberOf(answer: unknown, name: string): number | undefined {
  const value: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined;
  return typeof value === 'number' && value >= 0 ? value : undefined;
}
