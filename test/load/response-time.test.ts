import { expect, it } from 'vitest';
import { ResponseTime } from '../../lib/load/response-time.js';
import { aborted, answered, failed, one } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

it('is 0.05 v + 0.95 avg, what is known being halved for each decay of silence, and -1 before the first', () => {
  const clock = new FakeClock();
  const metric = new ResponseTime(clock, 10_000);
  const backend = one();
  expect(metric.of(backend, clock.now())).toBe(-1);
  metric.record(backend, answered({ responseTime: 100 }));
  expect(metric.of(backend, clock.now())).toBe(100);
  metric.record(backend, answered({ responseTime: 20 }));
  expect(metric.of(backend, clock.now())).toBeCloseTo(96);
  clock.advance(20_000);
  expect(metric.of(backend, clock.now())).toBeCloseTo(24);
  metric.record(backend, aborted());
  expect(metric.of(backend, clock.now())).toBeCloseTo(24);
  metric.record(backend, failed('FAIRLEAD_CONNECT'));
  expect(metric.of(backend, clock.now())).toBeCloseTo(0.7625 * 5_000 + 0.2375 * 96);
});
