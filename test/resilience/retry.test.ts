import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../lib/core/errors.js';
import { mayRetry } from '../../lib/resilience/retry.js';
import { aborted, answered, failed } from '../core/fakes.js';

const NOTHING_SENT = ['FAIRLEAD_CONNECT', 'FAIRLEAD_CONNECT_TIMEOUT', 'FAIRLEAD_TLS'];

describe('mayRetry', () => {
  it.each(errorCodes.map((code) => [code, NOTHING_SENT.includes(code)] as const))('%s: %s', (code, again) => {
    expect(mayRetry(failed(code), 1, 3)).toBe(again);
  });

  it.each(errorCodes)('%s: never behind the commit point', (code) => {
    expect(mayRetry(failed(code, true), 1, 3)).toBe(false);
  });

  it('stops at the number of attempts allowed', () => {
    const refused = failed('FAIRLEAD_CONNECT');
    expect([0, 1, 2, 3, 4].map((made) => mayRetry(refused, made, 3))).toEqual([true, true, true, false, false]);
    expect(mayRetry(refused, 1, 1)).toBe(false);
  });

  it('leaves what was answered alone, and clients that went away', () => {
    expect(mayRetry(answered({ status: 503 }), 1, 3)).toBe(false);
    expect(mayRetry(aborted(), 1, 3)).toBe(false);
  });
});
