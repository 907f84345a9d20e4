import { describe, expect, it, vi } from 'vitest';
import { AT_A_TIME } from '../../../lib/shaping/coalescing/patience.js';
import type { Fits } from '../../../lib/shaping/coalescing/shareable.js';
import { SharedAnswer } from '../../../lib/shaping/coalescing/shared-answer.js';
import { answered, failed, one, settled } from '../../core/fakes.js';
import { FakeClock } from '../../support/clock.js';
import { FakeGuest } from './fakes.js';

const HEAD = { status: 200, reason: 'OK', headers: [] };

function house(fits: Fits = [], guests = [new FakeGuest(), new FakeGuest()]) {
  const keeper = { judge: vi.fn(() => fits), closed: vi.fn() };
  const clock = new FakeClock();
  const shared = new SharedAnswer(10, clock, keeper);
  const members = guests.map((guest) => shared.join(guest));
  const onDrain = vi.fn();
  const gone = vi.fn();
  const turn = shared.recipient(one(), onDrain);
  turn.whenClosed(gone);
  return { clock, keeper, shared, members, guests, onDrain, gone, turn };
}

describe('an answer that fits', () => {
  it('everyone reaches everyone, and is over when the last has taken it', async () => {
    const { turn, guests, members, gone, keeper } = house();
    turn.head(HEAD);
    expect(keeper.closed).toHaveBeenCalled();
    expect(turn.write(Buffer.from('ab'))).toBe(true);
    turn.end([]);
    expect(guests.map(({ body, ended }) => [body, ended])).toEqual([
      ['ab', true],
      ['ab', true],
    ]);
    guests[0]?.closes(true);
    expect(gone).not.toHaveBeenCalled();
    guests[1]?.closes(true);
    expect(gone).toHaveBeenCalledOnce();
    expect(turn.finished).toBe(true);
    expect(await members[0]?.end).toMatchObject({ kind: 'answered', status: 200, bytesOut: 2 });
  });

  it('nobody but the first sends the others on their way', async () => {
    const { turn, guests, members } = house('asker');
    turn.head(HEAD);
    expect(await members[1]?.end).toBe('alone');
    expect(guests.map(({ heads }) => heads.length)).toEqual([1, 0]);
  });

  it('those who say the same is given by what the first one said, even if that has left', async () => {
    const guests = [['X-L', 'de'], ['x-l', 'de '], ['X-L', 'en'], []].map((headers) => new FakeGuest(headers));
    const { turn, members } = house(['x-l'], guests);
    guests[0]?.closes(false);
    turn.head(HEAD);
    expect(guests.map(({ heads }) => heads.length)).toEqual([0, 1, 0, 0]);
    expect(await Promise.all([members[2]?.end, members[3]?.end])).toEqual(['alone', 'alone']);
  });

  it('nobody who is left ends the attempt, once it has taken note', async () => {
    const { turn, guests, gone } = house('asker');
    guests[0]?.closes(false);
    turn.head(HEAD);
    expect(gone).not.toHaveBeenCalled();
    await settled();
    expect(gone).toHaveBeenCalledOnce();
    expect(turn.finished).toBe(false);
  });
});

describe('pace', () => {
  it('the fastest sets it; who is behind gets the rest later', () => {
    const { turn, guests, onDrain } = house();
    const [slow, fast] = guests as [FakeGuest, FakeGuest];
    turn.head(HEAD);
    slow.takes = false;
    expect(turn.write(Buffer.from('a'))).toBe(true);
    expect(turn.write(Buffer.from('b'))).toBe(true);
    turn.end([]);
    expect([slow.body, fast.body, slow.ended]).toEqual(['a', 'ab', false]);
    slow.drains();
    expect([slow.body, slow.ended]).toEqual(['ab', true]);
    expect(onDrain).toHaveBeenCalledOnce();
  });

  it('with all of them behind the backend waits, until one has caught up', () => {
    const { turn, guests, onDrain } = house();
    turn.head(HEAD);
    for (const guest of guests) guest.takes = false;
    expect(turn.write(Buffer.from('a'))).toBe(false);
    expect(turn.waitsForClient).toBe(true);
    turn.write(Buffer.from('b'));
    const [first] = guests;
    // It takes one piece and is full again: nothing new is asked for.
    vi.spyOn(first as FakeGuest, 'write').mockReturnValueOnce(false);
    first?.drains();
    expect(onDrain).not.toHaveBeenCalled();
    first?.drains();
    expect(onDrain).toHaveBeenCalledOnce();
  });

  it('who is too far behind is cut off, and the others go on', async () => {
    const { turn, guests, members } = house();
    const [slow, fast] = guests as [FakeGuest, FakeGuest];
    turn.head(HEAD);
    slow.takes = false;
    turn.write(Buffer.from('a'));
    turn.write(Buffer.alloc(10));
    expect(slow.broken).toBe(false);
    turn.write(Buffer.from('c'));
    expect([slow.broken, fast.broken]).toEqual([true, false]);
    expect(await members[0]?.end).toMatchObject({ kind: 'aborted' });
    expect(fast.body).toHaveLength(12);
  });
});

describe('a client that is more than half of what it may be behind', () => {
  /** The first is that; the second takes all that comes. */
  function lagging() {
    const stage = house();
    const [slow, fast] = stage.guests as [FakeGuest, FakeGuest];
    stage.turn.head(HEAD);
    slow.takes = false;
    stage.turn.write(Buffer.from('a'));
    expect(stage.turn.write(Buffer.alloc(5))).toBe(true);
    expect(stage.turn.write(Buffer.from('b'))).toBe(false);
    return { ...stage, slow, fast };
  }

  it('is waited for until it has caught up', () => {
    const { slow, fast, turn, onDrain, clock } = lagging();
    expect(turn.waitsForClient).toBe(true);
    fast.drains();
    expect(onDrain).not.toHaveBeenCalled();
    slow.drains();
    expect(onDrain).toHaveBeenCalledOnce();
    expect([turn.write(Buffer.from('c')), clock.pending]).toEqual([true, 0]);
  });

  it('goes on waiting for nobody when it is near enough, though it has yet to take the rest', () => {
    const { slow, turn, onDrain } = lagging();
    vi.spyOn(slow, 'write').mockReturnValueOnce(false);
    slow.drains();
    expect(onDrain).toHaveBeenCalledOnce();
    expect(turn.write(Buffer.from('c'))).toBe(true);
  });

  it('is waited for no longer than a moment, and then as far as it may be behind, and once', () => {
    const { slow, fast, turn, onDrain, clock } = lagging();
    clock.advance(AT_A_TIME);
    expect(onDrain).toHaveBeenCalledOnce();
    for (let i = 0; i < 4; i++) expect(turn.write(Buffer.from('c'))).toBe(true);
    expect(slow.broken).toBe(false);
    expect(turn.write(Buffer.from('d'))).toBe(true);
    expect([slow.broken, fast.broken, fast.body.length]).toEqual([true, false, 12]);
  });

  it('holds up nobody when it leaves', () => {
    const { slow, turn, onDrain, clock } = lagging();
    slow.closes(false);
    expect(onDrain).toHaveBeenCalledOnce();
    expect([turn.write(Buffer.from('c')), clock.pending]).toEqual([true, 0]);
  });

  it.each<[string, (stage: ReturnType<typeof lagging>) => void]>([
    ['a whole answer', ({ turn }) => turn.end([])],
    ['a failure', ({ shared }) => shared.over(failed('FAIRLEAD_RESPONSE_BODY', true))],
  ])('leaves no timer behind after %s', (_what, end) => {
    const stage = lagging();
    expect(stage.clock.pending).toBe(1);
    end(stage);
    expect(stage.clock.pending).toBe(0);
  });
});

describe('failures', () => {
  it('before the head are everyone’s', async () => {
    const { shared, members, guests } = house();
    shared.over(failed('FAIRLEAD_CONNECT'));
    const ends = await Promise.all(members.map(({ end }) => end));
    expect(ends).toMatchObject(
      Array(2).fill({ kind: 'failed', committed: false, error: { code: 'FAIRLEAD_CONNECT' } }),
    );
    expect(guests.every(({ broken }) => !broken)).toBe(true);
  });

  it('after it break every connection', async () => {
    const { turn, shared, members, guests } = house();
    turn.head(HEAD);
    shared.over(failed('FAIRLEAD_RESPONSE_BODY', true));
    expect(guests.every(({ broken }) => broken)).toBe(true);
    expect(await members[1]?.end).toMatchObject({ kind: 'failed', committed: true });
  });

  it('an answer that nobody can be sent fails the attempt, and another may follow', () => {
    const { turn, shared, guests } = house();
    for (const guest of guests) guest.refuses = new RangeError('status 0');
    expect(() => turn.head(HEAD)).toThrow(RangeError);
    for (const guest of guests) guest.refuses = undefined;
    shared.recipient(one(), () => {}).head(HEAD);
    expect(guests.map(({ heads }) => heads.length)).toEqual([1, 1]);
  });

  it.each([0, 1])('client %i, whose own app has answered already, spoils it for nobody', async (at) => {
    const { turn, members, guests } = house();
    const spoilt = guests[at];
    if (spoilt !== undefined) spoilt.refuses = new Error('already answered');
    turn.head(HEAD);
    expect(guests[1 - at]?.heads).toHaveLength(1);
    expect(await members[at]?.end).toMatchObject({ kind: 'failed', error: { code: 'FAIRLEAD_ENGINE' } });
  });

  it('who is left when its attempt was given up is cut off', async () => {
    const { turn, shared, members, guests } = house();
    turn.head(HEAD);
    shared.over(answered());
    expect(guests[0]?.broken).toBe(true);
    expect(await members[0]?.end).toMatchObject({ kind: 'aborted' });
  });
});
