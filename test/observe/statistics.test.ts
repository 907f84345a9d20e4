import { describe, expect, it } from 'vitest';
import { backendRecord } from '../../lib/core/backend.js';
import { FairleadError } from '../../lib/core/errors.js';
import { Leases } from '../../lib/core/lease.js';
import { type Outcome, refused } from '../../lib/core/outcome.js';
import { Pool } from '../../lib/core/pool.js';
import { Statistics } from '../../lib/observe/statistics.js';
import { aborted, answered, backendsOf, failed } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

const SCENE = {
  name: 'api',
  strategy: 'p2c',
  retries: { budgetExhausted: 0, hedges: 0 },
  findings: () => ({ ejections: 0, retried: 0 }),
};

function house(sticky = true) {
  const clock = new FakeClock(5000);
  const statistics = new Statistics(clock, sticky);
  const members = backendsOf(1, 2);
  const pool = new Pool(members);
  const leases = new Leases(
    clock,
    (backend, outcome, lease) => statistics.released(backend, outcome, lease),
    (backend, lease) => statistics.acquired(backend, lease),
  );
  const [a, b] = members as [(typeof members)[0], (typeof members)[0]];
  return {
    clock,
    statistics,
    pool,
    leases,
    a,
    b,
    picture: () => statistics.picture({ ...SCENE, pool, traffic: leases.traffic }),
  };
}

/** What becomes of the pin of a request that no backend had. */
const NOWHERE = { found: undefined, pin: 'none', backend: undefined } as const;

/** One request that each of these attempts ends. */
function ended(...outcomes: [Outcome, ...Outcome[]]) {
  const { statistics, leases, a, picture } = house();
  statistics.arrived(0);
  for (const outcome of outcomes) leases.acquire(a).release(outcome);
  const end = { found: undefined, pin: 'none', backend: a } as const;
  statistics.finished(outcomes.at(-1) ?? outcomes[0], outcomes.length, end, '10.1.1.1', 0);
  return picture();
}

describe('a picture', () => {
  it('is all zeros at the beginning', () => {
    const { picture } = house();
    const well = { health: 'unknown', breaker: 'closed', ejections: 0 };
    const ready = { state: 'ready', ...well, available: true, priority: 0, zone: undefined };
    const nowhere = { hits: 0, assigned: 0, lost: 0, rejected: 0, clients: 0 };
    const counts = { active: 0, upgrades: 0, total: 0, failed: 0, aborted: 0, retried: 0, perSecond: 0 };
    const seen = {
      latency: { count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 },
      statuses: { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
      bytes: { in: 0, out: 0 },
    };
    const nothing = { ...counts, ...seen, sticky: nowhere, lastUsed: undefined };
    expect(picture()).toEqual({
      name: 'api',
      strategy: 'p2c',
      uptime: 0,
      requests: { total: 0, active: 0, upgrades: 0, failed: 0, retried: 0, aborted: 0, perSecond: 0 },
      ...seen,
      retries: { budgetExhausted: 0, hedges: 0 },
      sticky: { ...nowhere, ignored: 0, imbalance: 0 },
      backends: [
        { id: 'a', url: 'http://10.0.0.1:3000', weight: 1, effectiveWeight: 1, ...ready, ...nothing },
        { id: 'b', url: 'http://10.0.0.2:3000', weight: 2, effectiveWeight: 2, ...ready, ...nothing },
      ],
    });
  });

  it('can go out as JSON', () => {
    const { picture } = house();
    expect(JSON.parse(JSON.stringify(picture()))).toMatchObject({ name: 'api', backends: [{ id: 'a' }, { id: 'b' }] });
  });

  it('knows how long it has been', () => {
    const { clock, picture } = house();
    clock.advance(1234);
    expect(picture().uptime).toBe(1234);
  });

  it('says who takes new clients', () => {
    const { pool, a, picture } = house();
    pool.setState(a, 'drain');
    expect(picture().backends).toMatchObject([
      { state: 'drain', available: false },
      { state: 'ready', available: true },
    ]);
  });

  it('shows weights, tiers and zones; a backup that waits for its turn is available', () => {
    const { clock, statistics } = house();
    const inputs = [{ weight: 4, zone: 'eu-1' }, { backup: true }];
    const members = inputs.map((input, i) => backendRecord({ url: `http://10.0.0.${i}`, ...input }));
    const [main] = members as [(typeof members)[0]];
    const pool = new Pool(members, { clock, slowStart: 1000 });
    pool.setState(main, 'drain');
    pool.setState(main, 'ready');
    clock.advance(500);
    expect(statistics.picture({ ...SCENE, pool, traffic: new Leases(clock, () => {}).traffic }).backends).toMatchObject(
      [
        { weight: 4, effectiveWeight: 2.2, priority: 0, zone: 'eu-1', available: true },
        { weight: 1, effectiveWeight: 1, priority: 1, zone: undefined, available: true },
      ],
    );
  });

  it('says why a backend is no candidate', () => {
    const { statistics, clock } = house();
    const inputs = [{ maxConnections: 1 }, { backup: true }, {}];
    const members = inputs.map((input, i) => backendRecord({ url: `http://10.0.0.${i}`, ...input }));
    const pool = new Pool(members);
    const { traffic } = new Leases(clock, () => {});
    const reasons = () => statistics.picture({ ...SCENE, pool, traffic }).backends.map(({ leftOut }) => leftOut);
    expect(reasons()).toEqual([undefined, 'tier', undefined]);
    const [a] = members as [(typeof members)[0]];
    a.active = 1;
    pool.recount(a);
    expect(reasons()).toEqual(['full', 'tier', undefined]);
  });

  it('counts requests as they come and end, and for backends what each of them has', () => {
    const { statistics, leases, a, b, picture } = house();
    // One with two attempts at once, a tunnel, and one that no backend has yet.
    for (let i = 0; i < 3; i++) statistics.arrived(0);
    const attempts = [leases.acquire(a), leases.acquire(b)];
    leases.acquire(a).upgraded();
    expect(picture()).toMatchObject({
      requests: { total: 3, active: 3, upgrades: 1 },
      backends: [
        { active: 2, upgrades: 1, total: 2 },
        { active: 1, upgrades: 0, total: 1 },
      ],
    });
    for (const attempt of attempts) attempt.release(answered());
    expect(picture().requests).toMatchObject({ total: 3, active: 3 });
    statistics.finished(answered(), 2, { found: undefined, pin: 'none', backend: a }, '10.1.1.1', 0);
    expect(picture().requests).toMatchObject({ total: 3, active: 2 });
  });

  it('leaves sticky sessions out where there are none', () => {
    const { statistics, pool, clock } = house(false);
    expect('sticky' in statistics.picture({ ...SCENE, pool, traffic: new Leases(clock, () => {}).traffic })).toBe(
      false,
    );
  });
});

describe('requests', () => {
  it('that were answered', () => {
    expect(ended(answered())).toMatchObject({
      requests: { total: 1, active: 0, failed: 0, retried: 0, aborted: 0 },
      backends: [{ total: 1, failed: 0, aborted: 0 }, { total: 0 }],
    });
  });

  it('that were tried again', () => {
    expect(ended(failed('FAIRLEAD_CONNECT'), failed('FAIRLEAD_CONNECT'), answered())).toMatchObject({
      requests: { total: 1, failed: 0, retried: 2 },
      backends: [{ total: 3, failed: 2 }, {}],
    });
  });

  it('whose client went away count against nobody', () => {
    expect(ended(aborted())).toMatchObject({
      requests: { total: 1, failed: 0, aborted: 1 },
      backends: [{ failed: 0, aborted: 1 }, {}],
    });
  });

  it.each([
    ['FAIRLEAD_HEADERS_TIMEOUT', 1, 1],
    ['FAIRLEAD_ENGINE', 0, 1],
    // "Requests that failed, other than by their client."
    ['FAIRLEAD_REQUEST_BODY', 0, 0],
  ] as const)('that failed with %s: %i against the backend, %i in all', (code, backend, all) => {
    expect(ended(failed(code))).toMatchObject({
      requests: { total: 1, failed: all },
      backends: [{ failed: backend }, {}],
    });
  });

  it('that were refused count, though no backend had them', () => {
    const { statistics, picture } = house();
    statistics.arrived(0);
    statistics.finished(refused(new FairleadError('FAIRLEAD_NO_BACKEND', 'none')), 0, NOWHERE, '', 0);
    expect(picture().requests).toMatchObject({ total: 1, active: 0, failed: 1, retried: 0 });
  });
});

describe('lastUsed', () => {
  it('is the time of the last request', () => {
    const { clock, leases, a, picture } = house();
    leases.acquire(a).release(answered({ duration: 0 }));
    clock.advance(60_000);
    const date = clock.date();
    leases.acquire(a).release(answered({ duration: 0 }));
    clock.advance(60_000);
    expect(picture().backends.map(({ lastUsed }) => lastUsed)).toEqual([date, undefined]);
  });

  it('is when the last request ended, not when it was sent', () => {
    const { clock, leases, a, picture } = house();
    const lease = leases.acquire(a);
    clock.advance(60_000);
    expect(picture().backends[0]?.lastUsed).toBeUndefined();
    lease.release(answered({ duration: 60_000 }));
    expect(picture().backends[0]?.lastUsed).toBe(clock.date());
  });
});

describe('sticky sessions', () => {
  it('are counted in all and for each backend', () => {
    const { statistics, a, b, picture } = house();
    statistics.finished(answered(), 1, { found: a, pin: 'hit', backend: a }, '10.1.1.1', 0);
    statistics.finished(answered(), 1, { found: a, pin: 'lost', backend: b }, '10.1.1.1', 0);
    expect(picture()).toMatchObject({
      sticky: { hits: 1, lost: 1, clients: 2 },
      backends: [{ sticky: { hits: 1, lost: 1, clients: 1 } }, { sticky: { hits: 0, lost: 0, clients: 1 } }],
    });
  });

  it('are not assigned to a client that no backend has seen', () => {
    const { statistics, picture } = house();
    statistics.finished(refused(new FairleadError('FAIRLEAD_NO_BACKEND', 'none')), 0, NOWHERE, '', 0);
    statistics.finished(refused(new FairleadError('FAIRLEAD_CLOSING', 'closing')), 0, NOWHERE, '', 0);
    expect(picture().sticky).toMatchObject({ hits: 0, assigned: 0, lost: 0 });
  });
});
