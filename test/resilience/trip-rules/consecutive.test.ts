import { expect, it } from 'vitest';
import { consecutive } from '../../../lib/resilience/trip-rules/consecutive.js';
import { answered, backendsOf, type one } from '../../core/fakes.js';
import { FakeClock } from '../../support/clock.js';

it('trips on failures in a row, each backend by itself', () => {
  const rule = consecutive.create({ failures: 3 }, new FakeClock());
  const [a, b] = backendsOf(1, 1) as [ReturnType<typeof one>, ReturnType<typeof one>];
  const record = (backend: typeof a, ...failures: boolean[]) =>
    failures.map((failed) => rule.record(backend, failed, answered())).at(-1);
  expect(record(a, true, true, false, true, true)).toBeUndefined();
  expect(record(b, true, true)).toBeUndefined();
  expect(record(a, true)).toBe('3 failures in a row');
  rule.reset?.(a);
  expect(record(a, true, true)).toBeUndefined();
});
