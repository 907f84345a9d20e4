import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../../../lib/core/backend.js';
import { type Lease, Leases } from '../../../../lib/core/lease.js';
import { Pool } from '../../../../lib/core/pool.js';
import { Limits } from '../../../../lib/resilience/limits/limits.js';
import { limitsSchema } from '../../../../lib/resilience/limits/options.js';
import { answered, backendsOf, fakeRequest } from '../../../core/fakes.js';
import { FakeClock } from '../../../support/clock.js';
import { seededRandom } from '../../../support/random.js';

function house(options: object = { adaptive: true }) {
  const clock = new FakeClock();
  const [backend] = backendsOf(1) as [BackendRecord];
  const pool = new Pool([backend], { clock });
  const limits = new Limits(limitsSchema.parse(options), { pool, clock, random: () => 0, reporter: { threw() {} } });
  const leases: Leases = new Leases(
    clock,
    (_, __, lease) => {
      limits.released(backend, lease);
      pool.recount(backend);
      limits.vacated(backend);
    },
    () => {
      limits.acquired(backend);
      pool.recount(backend);
    },
    () => pool.recount(backend),
    (_, lease, status) => limits.answered(backend, lease, status),
  );
  const acquire = (): Lease => leases.acquire(backend);
  /** So many requests, three at a time, that are answered after so many ms. */
  const serve = (count: number, ms: number, status = 200): void => {
    for (let left = count; left > 0; left -= 3) {
      const three = Array.from({ length: Math.min(3, left) }, acquire);
      clock.advance(ms);
      for (const lease of three) {
        lease.answered(status);
        lease.release(answered());
      }
    }
  };
  return { clock, backend, pool, limits, acquire, serve };
}

describe('limits.adaptive', () => {
  it('begins with the least, and shows the limit', () => {
    const { backend, limits, acquire, serve } = house();
    expect(limits.findings(backend)).toEqual({});
    const [first] = [acquire(), acquire()];
    expect([backend.full, limits.findings(backend)]).toEqual([false, { limit: 3 }]);
    acquire();
    expect(backend.full).toBe(true);
    first?.release(answered());
    expect(backend.full).toBe(false);
    serve(200, 20);
    expect(limits.findings(backend).limit).toBeGreaterThan(3);
  });

  it('a stream takes no place once its head is there, nor does a tunnel', () => {
    const { backend, acquire } = house();
    const leases = [acquire(), acquire(), acquire()];
    leases[0]?.answered(200);
    expect(backend.full).toBe(false);
    leases.push(acquire());
    expect(backend.full).toBe(true);
    leases[1]?.upgraded();
    expect(backend.full).toBe(false);
    for (const lease of leases) lease.release(answered());
    expect([backend.active, backend.concurrency, backend.full]).toEqual([0, 3, false]);
    // The counter is back at nought: three fill it, and no fewer.
    acquire();
    acquire();
    expect(backend.full).toBe(false);
    acquire();
    expect(backend.full).toBe(true);
  });

  it.each([429, 500, 503])('learns nothing of a %d', (status) => {
    const { limits, backend, serve } = house();
    serve(90, 1, status);
    serve(51, 50);
    serve(120, 50);
    // Had it been measured by the quick ones, 50 ms would be a crowd.
    expect(limits.findings(backend).limit).toBeGreaterThan(5);
  });

  it('learns nothing of who leaves or fails', () => {
    const { clock, limits, backend, acquire, serve } = house();
    for (let i = 0; i < 100; i++) {
      const lease = acquire();
      clock.advance(1);
      lease.release({ ...answered(), kind: 'aborted' });
    }
    serve(51, 50);
    serve(120, 50);
    expect(limits.findings(backend).limit).toBeGreaterThan(5);
  });

  it('a head that comes lets the first go who waits', async () => {
    const { limits, backend, acquire } = house({ adaptive: true, queue: {} });
    const [first] = [acquire(), acquire(), acquire()];
    const take = (): Lease | undefined => (backend.full ? undefined : acquire());
    const wanted = { request: fakeRequest(), pinned: undefined, tried: [], deadline: Number.POSITIVE_INFINITY };
    const waits = limits.queue?.wait({ ...wanted, take, whenGone: () => () => {} });
    expect(limits.queue?.waiting).toBe(1);
    first?.answered(200);
    expect(limits.queue?.waiting).toBe(0);
    expect(await waits).toMatchObject({ backend });
  });
});

/** Requests at once that the backend works on; the rest wait inside it, first come, first served. */
const WORKERS = 10;
const SERVICE = 50;
const SECONDS = 90;

/** M/M/c: exponential gaps and services. Gives latencies of what was served in the last third, and how many. */
function offered(share: number, adaptive: boolean) {
  const clock = new FakeClock();
  const random = seededRandom(7);
  const exponential = (mean: number): number => -Math.log(1 - random()) * mean;
  const [backend] = backendsOf(1) as [BackendRecord];
  const pool = new Pool([backend], { clock });
  const limits = new Limits(limitsSchema.parse({ adaptive }), { pool, clock, random, reporter: { threw() {} } });
  const latencies: number[] = [];
  const backlog: Lease[] = [];
  let busy = 0;
  const leases: Leases = new Leases(
    clock,
    (_, __, lease) => {
      limits.released(backend, lease);
      pool.recount(backend);
    },
    () => {
      limits.acquired(backend);
      pool.recount(backend);
    },
    undefined,
    (_, lease, status) => limits.answered(backend, lease, status),
  );
  const work = (): void => {
    const lease = busy < WORKERS ? backlog.shift() : undefined;
    if (lease === undefined) return;
    busy++;
    clock.after(exponential(SERVICE), () => {
      busy--;
      lease.answered(200);
      lease.release(answered());
      if (clock.now() > (SECONDS * 1_000 * 2) / 3) latencies.push(clock.now() - lease.since);
      work();
    });
  };
  const arrive = (): void => {
    clock.after(exponential(SERVICE / WORKERS / share), arrive);
    if (backend.full) return;
    backlog.push(leases.acquire(backend));
    work();
  };
  arrive();
  clock.advance(SECONDS * 1_000);
  latencies.sort((a, b) => a - b);
  const p95 = latencies[Math.floor(latencies.length * 0.95)] as number;
  const throughput = latencies.length / ((SECONDS * 1_000) / 3) / (WORKERS / SERVICE);
  return { p95, throughput, backlog: backlog.length };
}

describe('a backend that is offered twice what it can do', () => {
  const unloaded = offered(0.3, false);
  const limited = offered(2, true);
  const unlimited = offered(2, false);

  it('answers 95 of 100 within one and a half times what they take without load, and is not idle', () => {
    expect(limited.p95).toBeLessThan(1.5 * unloaded.p95);
    expect(limited.throughput).toBeGreaterThan(0.9);
  });

  it('takes ever longer without', () => {
    expect(unlimited.p95).toBeGreaterThan(100 * unloaded.p95);
    expect(unlimited.backlog).toBeGreaterThan(10_000);
  });
});
