import { expect, it } from 'vitest';
import { grouped, ms, percent } from '../../lib/simulate/figures.js';

it('milliseconds', () => {
  expect([0.04, 5, 64.26, 99.99, 118.4, 1996, Number.NaN].map(ms)).toEqual([
    ...['0.0', '5.0', '64.3', '100.0', '118', '1,996', '-'],
  ]);
});

it('shares, where a little is not nothing', () => {
  expect([0, 0.0001, 0.0005, 0.1234, 1].map(percent)).toEqual(['0.0 %', '< 0.1 %', '0.1 %', '12.3 %', '100.0 %']);
});

it('thousands', () => {
  expect([0, 999, 1000, 1_234_567].map(grouped)).toEqual(['0', '999', '1,000', '1,234,567']);
});
