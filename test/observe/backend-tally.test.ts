import { describe, expect, it } from 'vitest';
import { Leases } from '../../lib/core/lease.js';
import type { Outcome } from '../../lib/core/outcome.js';
import { BackendTally } from '../../lib/observe/backend-tally.js';
import { aborted, answered, failed, one } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

function house() {
  const clock = new FakeClock(0);
  const backend = one();
  const tally = new BackendTally(0);
  const leases = new Leases(
    clock,
    (_backend, outcome, lease) => tally.released(outcome, lease),
    (_backend, lease) => tally.acquired(lease.since),
  );
  const ends = (outcome: Outcome): void => leases.acquire(backend).release(outcome);
  return {
    clock,
    backend,
    leases,
    ends,
    picture: () => tally.picture(backend, clock.now(), clock.date() - clock.now()),
  };
}

describe('the tally of a backend', () => {
  it('has the latency and the class of each answer, whatever became of it behind its head', () => {
    const { ends, picture } = house();
    ends(answered({ status: 200, responseTime: 10, duration: 500 }));
    ends(aborted({ status: 404, responseTime: 20 }));
    ends(failed('FAIRLEAD_RESPONSE_BODY', true, { status: 503, responseTime: 60 }));
    expect(picture()).toMatchObject({
      latency: { count: 3, mean: 30, max: 60 },
      statuses: { '2xx': 1, '4xx': 1, '5xx': 1 },
    });
  });

  it('has none of who did not answer: failing at once must not look fast', () => {
    const { ends, picture } = house();
    ends(failed('FAIRLEAD_CONNECT'));
    ends(aborted());
    expect(picture()).toMatchObject({ failed: 1, aborted: 1, latency: { count: 0 }, statuses: { '5xx': 0 } });
  });

  it('counts a tunnel as 1xx, and not its latency, which is long past when it ends', () => {
    const { leases, backend, picture } = house();
    const lease = leases.acquire(backend);
    lease.upgraded();
    lease.release(answered({ status: 101, responseTime: 5, duration: 3_600_000 }));
    expect(picture()).toMatchObject({ latency: { count: 0 }, statuses: { '1xx': 1 } });
  });

  it('counts requests a second as they are sent, not as they end', () => {
    const { clock, leases, backend, picture } = house();
    for (let i = 0; i < 40; i++) leases.acquire(backend);
    clock.advance(4_000);
    expect(picture().perSecond).toBe(10);
  });

  it('knows the bytes of a stream that goes on', () => {
    const { leases, backend, picture } = house();
    const lease = leases.acquire(backend);
    lease.carriedIn(3);
    lease.carriedOut(5);
    expect(picture().bytes).toEqual({ in: 3, out: 5 });
    lease.release(answered(lease));
    expect(picture().bytes).toEqual({ in: 3, out: 5 });
  });

  it('forgets latencies after a minute', () => {
    const { clock, ends, picture } = house();
    ends(answered({ responseTime: 10 }));
    clock.advance(61_000);
    expect(picture().latency.count).toBe(0);
    ends(answered({ responseTime: 30 }));
    expect(picture().latency).toMatchObject({ count: 1, max: 30 });
  });
});
