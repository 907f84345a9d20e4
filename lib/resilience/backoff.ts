import type { Clock } from '../core/clock.js';
import type { Random } from '../core/random.js';

export interface BackoffOptions {
  /** Most milliseconds before the first repetition; it doubles with each. */
  readonly base: number;
  readonly cap: number;
}

/**
 * Milliseconds to wait before the same backends are asked again: anything from 0 to a limit that doubles, so that those
 * who failed together do not come back together (full jitter: Brooker, "Exponential Backoff And Jitter", AWS 2015; Envoy).
 *
 * @param repetition 0 for the first
 */
export function backoff({ base, cap }: BackoffOptions, repetition: number, random: Random): number {
  return random() * Math.min(cap, base * 2 ** repetition);
}

/**
 * Waits, but no longer than somebody is interested.
 *
 * @param whenGone calls back when nobody is any more, and returns a function that ends the watch
 * @returns whether the time has passed
 */
export function waited(clock: Clock, ms: number, whenGone: (gone: () => void) => () => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, () => {
      stop();
      resolve(true);
    });
    const stop = whenGone(() => {
      timer.cancel();
      stop();
      resolve(false);
    });
  });
}
