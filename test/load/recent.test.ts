import { expect, it } from 'vitest';
import { Recent } from '../../lib/load/recent.js';
import { aborted, answered, failed, one } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

it('keeps latency and error rate of each backend', () => {
  const clock = new FakeClock(1_000);
  const recent = new Recent(clock, 12_000);
  const backend = one();
  recent.record(backend, aborted());
  expect(recent.of(backend)).toBeUndefined();
  recent.record(backend, answered({ responseTime: 10 }));
  recent.record(backend, failed('FAIRLEAD_CONNECT'));
  expect(recent.of(backend)?.latency(clock.now())).toBe(2_505);
  expect(recent.of(backend)?.errorRate(clock.now())).toBe(0.5);
  expect(recent.of(one())).toBeUndefined();
});
