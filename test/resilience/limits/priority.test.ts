import { expect, it } from 'vitest';
import { type Priority, priorityOf } from '../../../lib/resilience/limits/priority.js';
import { fakeRequest } from '../../core/fakes.js';

it.each([
  [() => 3, 3, []],
  [() => -0.5, -0.5, []],
  [() => Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, []],
  [() => Number.NaN, 0, ['limits.priority returned no number']],
  [() => '7' as never, 0, ['limits.priority returned no number']],
  [() => undefined as never, 0, ['limits.priority returned no number']],
  [
    () => {
      throw new Error('no');
    },
    0,
    ['limits.priority threw'],
  ],
] satisfies [Priority, number, string[]][])('%#: %s', (priority, expected, told) => {
  const threw: string[] = [];
  expect(priorityOf(priority, fakeRequest(), (what) => threw.push(what))).toBe(expected);
  expect(threw).toEqual(told);
});
