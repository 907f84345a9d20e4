import { setImmediate } from 'node:timers';

/** A running timer; `refresh` starts it anew with the same delay. */
export interface Timer {
  refresh(): void;
  cancel(): void;
}

/** Time as fairlead sees it: monotonic, injected, so that tests own it. */
export interface Clock {
  /** Milliseconds from an arbitrary start; never goes back. */
  now(): number;
  /** Milliseconds since the epoch, for dates that people and cookies see. */
  date(): number;
  /** Calls `fn` once after `ms`; does not keep the process alive. */
  after(ms: number, fn: () => void): Timer;
}

class NodeTimer implements Timer {
  readonly #timeout: NodeJS.Timeout;

  constructor(ms: number, fn: () => void) {
    // Node cuts longer delays down to 1 ms (with a warning): a timeout of a month must not fire at once.
    this.#timeout = setTimeout(fn, Math.min(ms, 0x7fff_ffff));
    this.#timeout.unref();
  }

  refresh(): void {
    this.#timeout.refresh();
  }

  cancel(): void {
    clearTimeout(this.#timeout);
  }
}

/**
 * Calls `fn` once all that has come in meanwhile has been looked at, and before anything else is waited for. That is no time
 * that a test of an app could own: with fake timers, which take the global's place, a head would never go out.
 */
export function atTurnsEnd(fn: () => void): void {
  setImmediate(fn);
}

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after: (ms, fn) => new NodeTimer(ms, fn),
};

/** A date in ISO 8601, in UTC. @param date milliseconds since the epoch */
export function isoDate(date: number): string {
  return new Date(date).toISOString();
}
