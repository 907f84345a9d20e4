import { expect, it } from 'vitest';
import { rateSchema } from '../../../../lib/resilience/limits/rate/options.js';

const limiter = { consume: () => Promise.resolve() };

it.each([
  [{}, 'client, backend or both'],
  [{ client: { points: 0, per: 1000 } }, 'at least 1'],
  [{ client: { points: 1 } }, 'points and per, or a limiter'],
  [{ backend: {} }, 'points and per, or a limiter'],
  [{ backend: { points: 1, per: 1000, limiter } }, 'points and per, or a limiter, not both'],
  [{ backend: { points: 1, per: '30d' } }, 'at most 24 days'],
  [{ backend: { limiter: {} } }, 'an object with consume(), as of rate-limiter-flexible'],
])('%j: %s', (given, rule) => {
  expect(rateSchema.safeParse(given).error?.issues.map(({ message }) => message)).toEqual([rule]);
});

it('a limiter of the user is taken as it is', () => {
  expect(rateSchema.parse({ client: { limiter } }).client).toEqual({ limiter, points: undefined, key: 'ip' });
});
