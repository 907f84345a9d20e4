import { RateLimiterMemory } from 'rate-limiter-flexible';
import { Guard, type GuardOptions } from '../../../core/guard.js';

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

/** A limiter as requests may use it: it says what it says in time, or nothing (undefined). Never rejects. */
export class GuardedLimiter {
  readonly #limiter: RateLimiter;
  readonly #of: string;
  readonly #guard: Guard;

  /** @param of whose requests it counts, as it is told of */
  constructor(limiter: RateLimiter, of: 'clients' | 'backends', options: GuardOptions) {
    this.#limiter = limiter;
    this.#of = of;
    this.#guard = new Guard(options);
  }

  async consume(key: string): Promise<Consumed | undefined> {
    return this.#guard.ask(`the rate limiter of ${this.#of} failed`, () => this.#said(key));
  }

  async #said(key: string): Promise<Consumed> {
    try {
      return consumed(await this.#limiter.consume(key), true);
    } catch (reason) {
      if (numberOf(reason, 'msBeforeNext') === undefined) throw reason;
      return consumed(reason, false);
    }
  }
}

function consumed(answer: unknown, allowed: boolean): Consumed {
  return { allowed, left: numberOf(answer, 'remainingPoints'), wait: numberOf(answer, 'msBeforeNext') ?? 1_000 };
}

function numberOf(answer: unknown, name: string): number | undefined {
  const value: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined;
  return typeof value === 'number' && value >= 0 ? value : undefined;
}
