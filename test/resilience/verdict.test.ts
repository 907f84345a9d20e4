import { describe, expect, it } from 'vitest';
import { errorCodes, FairleadError } from '../../lib/core/errors.js';
import { verdictOf } from '../../lib/resilience/verdict.js';
import { aborted, answered, failed } from '../core/fakes.js';

const statuses = new Set([502, 503]);

describe('a verdict', () => {
  it.each([
    [200, 'passed'],
    [404, 'passed'],
    [500, 'passed'],
    [502, 'failed'],
    [503, 'failed'],
    [101, 'passed'],
  ] as const)('of an answer with status %i: %s', (status, verdict) => {
    expect(verdictOf(answered({ status }), statuses)).toBe(verdict);
  });

  it.each(errorCodes)('of %s goes by its blame, before and after the commit point', (code) => {
    const expected = new FairleadError(code, '').blame === 'backend' ? 'failed' : 'none';
    expect(verdictOf(failed(code), statuses)).toBe(expected);
    expect(verdictOf(failed(code, true), statuses)).toBe(expected);
  });

  it('is never against a backend whose client went away, whatever it was being sent', () => {
    expect(verdictOf(aborted(), statuses)).toBe('none');
    expect(verdictOf(aborted({ status: 503 }), statuses)).toBe('none');
  });
});
