import { expect, it } from 'vitest';
import { Sample } from '../../../../lib/resilience/limits/adaptive/sample.js';

it('knows the quantiles of its window, and begins anew', () => {
  const sample = new Sample(4);
  expect(sample.quantile(0.5)).toBeNaN();
  for (const ms of [40, 10, 30, 20, 999]) sample.add(ms);
  expect([sample.count, sample.quantile(0.5), sample.quantile(0.9), sample.quantile(0.01)]).toEqual([4, 20, 40, 10]);
  sample.clear();
  sample.add(7);
  expect([sample.count, sample.quantile(0.99)]).toEqual([1, 7]);
});
