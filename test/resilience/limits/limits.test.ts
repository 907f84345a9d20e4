import { expect, it } from 'vitest';
import type { BackendRecord } from '../../../lib/core/backend.js';
import { FairleadError } from '../../../lib/core/errors.js';
import { Leases } from '../../../lib/core/lease.js';
import { Pool } from '../../../lib/core/pool.js';
import { Limits } from '../../../lib/resilience/limits/limits.js';
import { limitsSchema } from '../../../lib/resilience/limits/options.js';
import { answered, backendsOf, fakeRequest } from '../../core/fakes.js';
import { FakeClock } from '../../support/clock.js';

function house(options: object) {
  const clock = new FakeClock();
  const members = backendsOf(1, 1) as [BackendRecord, BackendRecord];
  const pool = new Pool(members, { clock, maxConnections: 1 });
  const threw: string[] = [];
  const reporter = { threw: (what: string) => threw.push(what) };
  const limits = new Limits(limitsSchema.parse(options), { pool, clock, random: () => 0.5, reporter });
  const leases: Leases = new Leases(
    clock,
    (backend) => {
      pool.recount(backend);
      limits.vacated(backend);
    },
    (backend) => pool.recount(backend),
  );
  return { clock, members, pool, threw, limits, leases };
}

it('without options have no queue and nothing to show', () => {
  const { limits, members } = house({});
  expect([limits.queue, limits.counts()]).toEqual([undefined, {}]);
  limits.vacated(members[0]);
  limits.close(new FairleadError('FAIRLEAD_CLOSING', 'closing'));
});

it('a release, or a change of eligibility, wakes who waits', async () => {
  const { limits, leases, members, pool, threw } = house({ queue: {}, priority: () => Number.NaN });
  const [a, b] = members;
  pool.setHealth(b, 'down');
  const first = leases.acquire(a);
  const take = () => {
    const [free] = pool.available();
    return free && leases.acquire(free);
  };
  const waiting = { request: fakeRequest(), pinned: undefined, tried: [], deadline: Number.POSITIVE_INFINITY, take };
  const second = limits.queue?.wait({ ...waiting, whenGone: () => () => {} });
  const third = limits.queue?.wait({ ...waiting, whenGone: () => () => {} });
  expect(limits.counts().queue).toMatchObject({ waiting: 2 });
  first.release(answered());
  expect(await second).toMatchObject({ backend: a });
  pool.setHealth(b, 'up');
  expect(await third).toMatchObject({ backend: b });
  expect(threw).toEqual(['limits.priority returned no number', 'limits.priority returned no number']);
});
