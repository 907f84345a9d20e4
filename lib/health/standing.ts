import type { Health } from '../core/check.js';

/** How often a backend is checked, and what changes its health; milliseconds and counts. */
export interface Timing {
  readonly interval: number;
  readonly timeout: number;
  /** Passes in a row after which a backend that was down is up. */
  readonly rise: number;
  /** Failures in a row after which a backend that was up is down. */
  readonly fall: number;
  /** Share of an interval by which it varies either way. */
  readonly jitter: number;
  /** Between checks while a backend is changing. */
  readonly fastInterval: number;
  /** Between checks of a backend that has been down for long. */
  readonly downInterval: number;
  /** Until the first check passes, or `fall` have failed. */
  readonly startup: {
    readonly interval: number;
    readonly timeout: number;
    readonly fall: number;
    /** What is made of a backend meanwhile. */
    readonly assume: 'up' | 'down';
  };
}

/** What the checks of one backend have come to; each count is of checks in a row. */
export type Standing =
  | { readonly health: 'unknown'; readonly fails: number }
  | { readonly health: 'up'; readonly fails: number }
  | { readonly health: 'down'; readonly passes: number; readonly fails: number };

export const UNKNOWN: Standing = { health: 'unknown', fails: 0 };
const UP: Standing = { health: 'up', fails: 0 };
const DOWN: Standing = { health: 'down', passes: 0, fails: 0 };

/** So many failures after it went down a backend counts as down for long. */
const LONG = 10;

/** Every change of health, and there is no other. One pass ends a start: it is what was waited for. */
export function afterCheck(standing: Standing, ok: boolean, { rise, fall, startup }: Timing): Standing {
  switch (standing.health) {
    case 'unknown':
      if (ok) return UP;
      return standing.fails + 1 >= startup.fall ? DOWN : { health: 'unknown', fails: standing.fails + 1 };
    case 'up':
      if (ok) return UP;
      return standing.fails + 1 >= fall ? DOWN : { health: 'up', fails: standing.fails + 1 };
    case 'down':
      if (!ok) return { health: 'down', passes: 0, fails: standing.fails + 1 };
      return standing.passes + 1 >= rise ? UP : { health: 'down', passes: standing.passes + 1, fails: 0 };
  }
}

/** Milliseconds from one check to the next, jitter apart. */
export function pauseAfter(standing: Standing, timing: Timing): number {
  if (standing.health === 'unknown') return timing.startup.interval;
  if (standing.health === 'up') return standing.fails > 0 ? timing.fastInterval : timing.interval;
  if (standing.passes > 0) return timing.fastInterval;
  return standing.fails >= LONG ? timing.downInterval : timing.interval;
}

/** Why the last check changed the health. */
export function changeReason(from: Health, to: Standing, { rise, fall, startup }: Timing, error: string): string {
  if (to.health === 'up') return from === 'unknown' || rise === 1 ? 'a check passed' : `${rise} checks in a row passed`;
  const count = from === 'unknown' ? startup.fall : fall;
  return count === 1 ? `a check failed: ${error}` : `${count} checks in a row failed, the last: ${error}`;
}
