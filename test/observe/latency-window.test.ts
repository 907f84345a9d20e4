import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyWindow } from '../../lib/observe/latency-window.js';

const NONE = { count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 };

/** What a share of these took at most, by sorting. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] as number;
}

describe('a window of latencies', () => {
  it('is all zeros without any', () => {
    expect(new LatencyWindow().picture(123_456)).toEqual(NONE);
  });

  it('knows count, mean and maximum exactly, and the quantiles within 1.6 %', () => {
    const latencies = fc.array(fc.double({ min: 0.25, max: 900_000, noNaN: true }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(latencies, (values) => {
        const window = new LatencyWindow();
        for (const ms of values) window.add(1000, ms);
        const told = window.picture(1000);
        expect(told.count).toBe(values.length);
        expect(told.max).toBe(Math.max(...values));
        expect(told.mean).toBeCloseTo(values.reduce((sum, ms) => sum + ms, 0) / values.length, 3);
        for (const [share, got] of [
          [0.5, told.p50],
          [0.95, told.p95],
          [0.99, told.p99],
        ] as const) {
          const exact = quantile(values, share);
          expect(Math.abs(got - exact)).toBeLessThanOrEqual(exact / 60);
          expect(got).toBeLessThanOrEqual(told.max);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('forgets after a minute, at the latest', () => {
    const window = new LatencyWindow();
    window.add(9_999, 500);
    window.add(10_000, 100);
    expect(window.picture(59_999)).toMatchObject({ count: 2, max: 500, mean: 300 });
    expect(window.picture(60_000)).toMatchObject({ count: 1, max: 100, mean: 100 });
    expect(window.picture(70_000)).toEqual(NONE);
  });

  it('forgets all of it after long silence, and goes on', () => {
    const window = new LatencyWindow();
    for (let t = 0; t < 60_000; t += 1000) window.add(t, 500);
    window.add(3_600_000, 7);
    expect(window.picture(3_600_000)).toMatchObject({ count: 1, mean: 7, max: 7 });
  });

  it('counts what ended before the newest slice, as a clock read earlier says, in that slice', () => {
    const window = new LatencyWindow();
    window.add(20_000, 1);
    window.add(19_999, 2);
    expect(window.picture(79_999)).toMatchObject({ count: 2 });
  });

  it('takes what is too short or too long for its scale', () => {
    const window = new LatencyWindow();
    for (const ms of [0, 0, 1e12]) window.add(0, ms);
    expect(window.picture(0)).toMatchObject({ count: 3, p50: 0, max: 1e12 });
    expect(window.picture(0).p99).toBeGreaterThan(1_000_000);
  });
});
