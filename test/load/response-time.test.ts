import { expect, it } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import { ResponseTime } from '../../lib/load/response-time.js';
import { aborted, answered, backendsOf, failed, one } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

it('is 0.05 v + 0.95 avg, what is known being halved for each decay of silence, and -1 before the first', () => {
  const clock = new FakeClock();
  const metric = new ResponseTime(clock, 10_000);
  const backend = one();
  expect(metric.of(backend)).toBe(-1);
  metric.record(backend, answered({ responseTime: 100 }));
  expect(metric.of(backend)).toBe(100);
  metric.record(backend, answered({ responseTime: 20 }));
  expect(metric.of(backend)).toBeCloseTo(96);
  clock.advance(20_000);
  expect(metric.of(backend)).toBeCloseTo(24);
  metric.record(backend, aborted());
  expect(metric.of(backend)).toBeCloseTo(24);
  metric.record(backend, failed('FAIRLEAD_CONNECT'));
  expect(metric.of(backend)).toBeCloseTo(0.7625 * 5_000 + 0.2375 * 96);
});

it('writes many at once, as they are one by one', () => {
  const clock = new FakeClock();
  const metric = new ResponseTime(clock, 1_000);
  const [a, b, c] = backendsOf(1, 1, 1) as [BackendRecord, BackendRecord, BackendRecord];
  const averages = new Float64Array(3);
  metric.record(a, answered({ responseTime: 100 }));
  metric.write([a, b], averages);
  expect([...averages]).toEqual([100, -1, 0]);
  clock.advance(500);
  metric.record(b, answered({ responseTime: 7 }));
  metric.write([c, b, a], averages);
  expect([...averages]).toEqual([-1, 7, metric.of(a)]);
});
