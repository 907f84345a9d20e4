import { expect, it } from 'vitest';
import { Recent } from '../../lib/load/recent.js';
import { aborted, answered, failed, one } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

it('keeps latency and error rate of each backend', () => {
  const clock = new FakeClock(1_000);
  const recent = new Recent(clock, 12_000);
  const backend = one();
  recent.record(backend, aborted());
  expect(recent.of([backend])[0]?.count).toBe(0);
  recent.record(backend, answered({ responseTime: 10 }));
  recent.record(backend, failed('FAIRLEAD_CONNECT'));
  expect(recent.of([backend])[0]?.latency).toBe(2_505);
  expect(recent.of([backend])[0]?.errorRate).toBe(0.5);
  const both = [one(), backend];
  expect(recent.of(both).map(({ count }) => count)).toEqual([0, 2]);
  clock.advance(60_000);
  expect(recent.of(both).map(({ count }) => count)).toEqual([0, 0]);
});
