import { describe, expect, it, vi } from 'vitest';
import { FairleadError } from '../../lib/core/errors.js';
import { ended, failureOf, pinnedOf, pinResult, type Trip, turnedAway, turnedDown } from '../../lib/path/journey.js';
import { answered, failed, one } from '../core/fakes.js';

const full = new FairleadError('FAIRLEAD_QUEUE_FULL', 'full');

function trip(found: Trip['found'], last?: ReturnType<typeof one>) {
  const end = vi.fn();
  return { end, trip: { errand: { end }, trail: { last, made: last ? 1 : 0 }, found } as unknown as Trip };
}

describe('how a request went', () => {
  it('one that never set out was asked of nobody', () => {
    expect(turnedAway(full)).toMatchObject({ outcome: { kind: 'failed', error: full }, attempts: 0, pin: 'none' });
  });

  it('one that ended tells who had it last, and gives its body up', () => {
    const backend = one();
    const { trip: made, end } = trip(backend, backend);
    const outcome = answered();
    expect(ended(outcome, made)).toEqual({ outcome, backend, attempts: 1, found: backend, pin: 'hit' });
    expect(end).toHaveBeenCalledOnce();
  });

  it('one that gets no further backend ends in its failure, if it has had one', () => {
    const before = failed('FAIRLEAD_CONNECT');
    expect(turnedDown(full, before, trip(undefined, one()).trip).outcome).toBe(before);
    expect(turnedDown(full, answered({ status: 503 }), trip(undefined, one()).trip).outcome).toMatchObject({
      kind: 'failed',
      error: full,
    });
    expect(turnedDown(full, undefined, trip(undefined).trip)).toMatchObject({ outcome: { error: full }, pin: 'none' });
  });

  it('one whose client went away is nobody’s failure', () => {
    expect(turnedDown('gone', undefined, trip(undefined).trip).outcome.kind).toBe('aborted');
  });

  it('one whose own backend is lost, and that is not to have another, was rejected', () => {
    const lost = new FairleadError('FAIRLEAD_STICKY_LOST', 'lost');
    expect(turnedDown(lost, undefined, trip(one()).trip).pin).toBe('rejected');
    expect(turnedDown(full, undefined, trip(one()).trip).pin).toBe('lost');
  });
});

describe('pins', () => {
  const own = one();

  it.each([
    ['of none', undefined, own, 'none'],
    ['kept', own, own, 'hit'],
    ['to somebody who did not have it', own, one(), 'lost'],
    ['to nobody who had it', own, undefined, 'lost'],
  ] as const)('%s', (_what, found, backend, result) => {
    expect(pinResult(found, backend)).toBe(result);
  });

  it('are to a backend, and not to a name that no backend has any more', () => {
    expect(pinnedOf(own)).toBe(own);
    expect(pinnedOf(undefined)).toBeUndefined();
  });

  it('only what failed has failed of something', () => {
    expect(failureOf(failed('FAIRLEAD_CONNECT'))).toMatchObject({ code: 'FAIRLEAD_CONNECT' });
    expect(failureOf(answered())).toBeUndefined();
  });
});
