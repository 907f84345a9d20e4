import { expect, it } from 'vitest';
import { StatusCounter } from '../../lib/observe/status-counts.js';

it('statuses are counted by their class; what is none is not', () => {
  const counter = new StatusCounter();
  for (const status of [101, 200, 204, 301, 404, 499, 502, 599, 600, 999, 0]) counter.add(status);
  expect(counter.picture()).toEqual({ '1xx': 1, '2xx': 2, '3xx': 1, '4xx': 2, '5xx': 2 });
});
