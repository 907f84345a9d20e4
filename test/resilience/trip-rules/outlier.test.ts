import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../../lib/core/backend.js';
import { outlier, outlierThreshold } from '../../../lib/resilience/trip-rules/outlier.js';
import { answered, backendsOf } from '../../core/fakes.js';
import { FakeClock } from '../../support/clock.js';

describe('the threshold', () => {
  it('is the mean less so many standard deviations of the whole population', () => {
    expect(outlierThreshold([1, 1, 1, 1, 0.5], 1.9)).toBeCloseTo(0.9 - 1.9 * 0.2);
    expect(outlierThreshold([1, 1], 1.9)).toBe(1);
  });

  // Why there have to be five: one can be sqrt(n - 1) deviations off at most.
  it.each([2, 3, 4, 5, 6, 10])('with %i backends can be passed by one: only from five on', (n) => {
    const rates = Array.from({ length: n }, (_, i) => (i === 0 ? 0 : 1));
    expect(outlierThreshold(rates, 1.9) > 0).toBe(n >= 5);
  });
});

function house(size: number, options: Parameters<typeof outlier.create>[0] = {}) {
  const clock = new FakeClock();
  const rule = outlier.create(options, clock);
  const members = backendsOf(...Array.from({ length: size }, () => 1));
  const record = (backend: BackendRecord, failures: number, of: number) => {
    let last: unknown;
    for (let i = 0; i < of; i++) last = rule.record(backend, i >= of - failures, answered());
    return last;
  };
  return { clock, rule, members, record };
}

it('trips one that fails far more often than the others', () => {
  const { members, record } = house(5);
  const [first, ...others] = members as [BackendRecord, ...BackendRecord[]];
  for (const backend of others) expect(record(backend, 1, 100)).toBeUndefined();
  expect(record(first, 30, 99)).toBeUndefined();
  expect(record(first, 1, 1)).toMatch(/^success rate 69\.0 %, below 7\d\.\d %$/);
});

it('trips nobody where all fail alike, where there are too few, or too few requests', () => {
  const alike = house(5);
  for (const backend of alike.members) expect(alike.record(backend, 50, 100)).toBeUndefined();
  const few = house(4);
  for (const [i, backend] of few.members.entries()) expect(few.record(backend, i === 3 ? 100 : 0, 100)).toBeUndefined();
  const idle = house(5);
  for (const [i, backend] of idle.members.entries()) expect(idle.record(backend, i === 4 ? 99 : 0, 99)).toBeUndefined();
});

it('forgets one that is reset, and what is older than its window', () => {
  const { clock, rule, members, record } = house(5, { window: 1_000 });
  const [first, ...others] = members as [BackendRecord, ...BackendRecord[]];
  for (const backend of others) record(backend, 0, 100);
  clock.advance(1_000);
  expect(record(first, 100, 100)).toBeUndefined();
  for (const backend of others) record(backend, 0, 100);
  expect(record(first, 1, 1)).toMatch(/^success rate/);
  rule.reset?.(first);
  expect(record(first, 99, 99)).toBeUndefined();
});
