import { expect, it } from 'vitest';
import { rate } from '../../../lib/resilience/trip-rules/rate.js';
import { answered, one } from '../../core/fakes.js';
import { FakeClock } from '../../support/clock.js';

function house(options: Parameters<typeof rate.create>[0] = {}) {
  const clock = new FakeClock();
  const rule = rate.create(options, clock);
  const backend = one();
  const record = (passes: number, failures: number) => {
    let last: unknown;
    for (let i = 0; i < passes; i++) last = rule.record(backend, false, answered());
    for (let i = 0; i < failures; i++) last = rule.record(backend, true, answered());
    return last;
  };
  return { clock, rule, backend, record };
}

it('trips at its share of failures, once there are enough requests', () => {
  expect(house().record(0, 19)).toBeUndefined();
  expect(house().record(0, 20)).toBe('20 of 20 requests failed within 10000 ms');
  expect(house().record(20, 19)).toBeUndefined();
  expect(house().record(20, 20)).toBe('20 of 40 requests failed within 10000 ms');
  expect(house({ threshold: 0.1, minRequests: 10 }).record(9, 1)).toMatch(/^1 of 10/);
});

it('forgets what is older than its window, and everything when it is reset', () => {
  const { clock, rule, backend, record } = house({ window: '1s' });
  record(0, 19);
  clock.advance(1_000);
  expect(record(0, 19)).toBeUndefined();
  rule.reset?.(backend);
  expect(record(0, 19)).toBeUndefined();
  expect(record(0, 1)).toMatch(/^20 of 20/);
});
