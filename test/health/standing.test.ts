import { describe, expect, it } from 'vitest';
import { afterCheck, changeReason, pauseAfter, type Standing, UNKNOWN } from '../../lib/health/standing.js';
import { timing } from '../support/timing.js';

/** What checks come to, one after the other: + passes, - fails. */
function course(checks: string, from: Standing = UNKNOWN): string[] {
  let standing = from;
  return [...checks].map((check) => {
    standing = afterCheck(standing, check === '+', timing);
    return `${standing.health} ${pauseAfter(standing, timing) / 1000}`;
  });
}

describe('standing', () => {
  it('is up with the first check that passes, and down after so many that fail', () => {
    expect(course('+')).toEqual(['up 10']);
    expect(course('----')).toEqual(['unknown 1', 'unknown 1', 'unknown 1', 'down 10']);
    expect(course('-+')).toEqual(['unknown 1', 'up 10']);
  });

  it('falls and rises by checks in a row, and is looked at more often meanwhile', () => {
    expect(course('+--+--')).toEqual(['up 10', 'up 2', 'up 2', 'up 10', 'up 2', 'up 2']);
    expect(course('+---')).toEqual(['up 10', 'up 2', 'up 2', 'down 10']);
    expect(course('+---+-++').slice(4)).toEqual(['down 2', 'down 10', 'down 2', 'up 10']);
  });

  it('is looked at less often when it has been down for long', () => {
    expect(course(`+---${'-'.repeat(10)}+`).slice(-3)).toEqual(['down 10', 'down 60', 'down 2']);
  });

  it.each([
    ['unknown', 'up', 'a check passed'],
    ['down', 'up', '2 checks in a row passed'],
    ['up', 'down', '3 checks in a row failed, the last: oh'],
    ['unknown', 'down', '4 checks in a row failed, the last: oh'],
  ] as const)('from %s to %s because %s', (from, health, reason) => {
    const to: Standing = health === 'up' ? { health, fails: 0 } : { health, passes: 0, fails: 0 };
    expect(changeReason(from, to, timing, 'oh')).toBe(reason);
  });
});
