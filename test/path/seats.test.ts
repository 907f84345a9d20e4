import { describe, expect, it, vi } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import { FairleadError } from '../../lib/core/errors.js';
import { Lease, Leases } from '../../lib/core/lease.js';
import { Pool } from '../../lib/core/pool.js';
import { createStrategy } from '../../lib/index.js';
import { type Seating, seated } from '../../lib/path/seats.js';
import { answered, backendsOf, fakeExchange, settled } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

const ALL = { tried: [], made: 0 };

/** Places at backends that take so many requests each; who waits is asked again when somebody leaves. */
function house({ maxConnections = 1, backends = 2, onLost = 'redistribute' as Seating['onLost'], waits = true } = {}) {
  const members = backendsOf(...Array.from({ length: backends }, () => 1));
  const pool = new Pool(members, { maxConnections });
  const waiting: { take: () => unknown; resolve: (seat: never) => void }[] = [];
  const queue = {
    wait: vi.fn((waiter: { take: () => unknown }) => {
      return new Promise((resolve) => waiting.push({ take: waiter.take, resolve }));
    }),
  };
  const leases = new Leases(
    new FakeClock(),
    (backend) => {
      pool.recount(backend);
      const next = waiting.shift();
      next?.resolve(next.take() as never);
    },
    (backend) => pool.recount(backend),
  );
  const strategy = createStrategy('round-robin');
  const seating = { pool, leases, strategy, spare: createStrategy('round-robin'), affinity: undefined, onLost, waits };
  const asked = { ...seating, queue: waits ? queue : undefined } as unknown as Seating;
  const seeker = { exchange: fakeExchange(), deadline: 1000, gone: false, whenGone: () => () => {} };
  const seat = (pinned?: BackendRecord, past = ALL) => seated(asked, seeker, past, pinned);
  const leave = (lease: unknown) => (lease as Lease).release(answered());
  return { members: members as [BackendRecord, BackendRecord], queue, seeker, seat, leave, waiting };
}

describe('a place', () => {
  it('is taken at once where there is room, and counts at once', () => {
    const { members, seat } = house();
    const first = seat();
    expect(first).toBeInstanceOf(Lease);
    expect(members.map(({ active }) => active).sort()).toEqual([0, 1]);
  });

  it('is waited for where nobody has room, and taken in the moment somebody makes it', async () => {
    const { members, seat, leave, queue } = house();
    const [first] = [seat(), seat()];
    const third = seat();
    expect(third).toBeInstanceOf(Promise);
    await settled();
    expect(queue.wait).toHaveBeenCalledOnce();
    leave(first);
    // Before whoever waits has had a turn.
    expect(members.map(({ active }) => active)).toEqual([1, 1]);
    expect(await third).toBeInstanceOf(Lease);
  });

  it('where nobody waits there is none, and why', () => {
    const { seat } = house({ waits: false });
    seat();
    seat();
    expect(seat()).toMatchObject({ code: 'FAIRLEAD_NO_BACKEND' });
  });

  it('is nobody’s who is gone before it can wait', async () => {
    const { seat, seeker, queue } = house();
    seat();
    seat();
    seeker.gone = true;
    expect(await seat()).toBe('gone');
    expect(queue.wait).not.toHaveBeenCalled();
  });

  it('of a client that is pinned is at its own backend, for which it waits', async () => {
    const { members, seat, leave } = house();
    const [a, b] = members;
    const first = seat(a);
    const second = seat(a);
    expect(b.active).toBe(0);
    leave(first);
    expect(await second).toMatchObject({ backend: a });
  });

  it('of a client whose own backend’s queue is full is elsewhere, or nowhere where that is wanted', async () => {
    const full = new FairleadError('FAIRLEAD_QUEUE_FULL', 'full');
    for (const [onLost, expected] of [
      ['redistribute', 'another'],
      ['reject', 'FAIRLEAD_STICKY_LOST'],
    ] as const) {
      const { members, seat, queue } = house({ onLost });
      const [a, b] = members;
      queue.wait.mockResolvedValue(full);
      seat(a);
      const second = await seat(a);
      if (expected === 'another') expect(second).toMatchObject({ backend: b });
      else expect(second).toMatchObject({ code: expected });
    }
  });
});
