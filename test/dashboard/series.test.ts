import { describe, expect, it } from 'vitest';
import { SECONDS } from '../../lib/dashboard/page/protocol.js';
import { rounded, Series } from '../../lib/dashboard/series.js';

const figures = (rate: number | null, errors: number | null = 0) => ({ rate, errors, p50: 1, p95: 2, p99: null });

describe('Series', () => {
  it('tells the last seconds, the latest at the end, and gaps where nobody looked', () => {
    const series = new Series();
    series.push(1_000, figures(5));
    series.push(1_001, figures(6));
    series.push(1_005, figures(7));
    const { rate, p95, p99 } = series.history('a', 1_005).figures;
    expect(rate).toHaveLength(SECONDS);
    expect(rate.slice(-7)).toEqual([null, 5, 6, null, null, null, 7]);
    expect(p95.at(-1)).toBe(2);
    expect(p99.at(-1)).toBeNull();
    expect(series.history('a', 1_007).figures.rate.slice(-3)).toEqual([7, null, null]);
  });

  it('a second that fell between two pictures is no gap', () => {
    const series = new Series();
    series.push(10, figures(5));
    series.push(12, figures(7));
    expect(series.history('a', 12).figures.rate.slice(-3)).toEqual([5, 7, 7]);
  });

  it('keeps no more than it shows, after however long a while', () => {
    const series = new Series();
    for (let second = 0; second < 3 * SECONDS; second++) series.push(second, figures(second));
    expect(series.history('a', 3 * SECONDS - 1).figures.rate[0]).toBe(2 * SECONDS);
    series.push(100 * SECONDS, figures(1));
    expect(series.history('a', 100 * SECONDS).figures.rate.filter((rate) => rate !== null)).toEqual([1]);
    expect(series.history('a', 200 * SECONDS).figures.rate.every((rate) => rate === null)).toBe(true);
  });

  it('sums up what is known', () => {
    const series = new Series();
    expect(series.sum('rate', 60)).toBe(0);
    for (let second = 100; second < 170; second++) series.push(second, figures(second < 165 ? 2 : null, 1));
    expect(series.sum('rate', 60)).toBe(110);
    expect(series.sum('errors', 10)).toBe(10);
  });
});

it('rounds to what can be seen', () => {
  expect(rounded(1.23456)).toBe(1.23);
});
