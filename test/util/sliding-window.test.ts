import { describe, expect, it } from 'vitest';
import { SlidingWindow } from '../../lib/util/sliding-window.js';

describe('sliding window', () => {
  it('has mean latency and error rate of what is in it', () => {
    const window = new SlidingWindow(12_000);
    expect([window.count(0), window.latency(0), window.errorRate(0)]).toEqual([0, -1, 0]);
    window.add(500, 10, false);
    window.add(2_500, 30, true);
    expect([window.count(2_500), window.latency(2_500), window.errorRate(2_500)]).toEqual([2, 20, 0.5]);
  });

  it('lets things leave a bucket at a time', () => {
    const window = new SlidingWindow(12_000);
    for (let i = 0; i < 12; i++) window.add(1_000 * i, i, false);
    expect(window.count(11_999)).toBe(12);
    expect(window.count(12_000)).toBe(11);
    expect(window.latency(22_000)).toBe(11);
    expect(window.count(23_000)).toBe(0);
  });

  it('is empty after any silence longer than it, and sums without a rest', () => {
    const window = new SlidingWindow(12_000);
    for (let i = 0; i < 50; i++) window.add(1_000 * i, 0.1 * i, i % 3 === 0);
    expect(window.latency(10_000_000)).toBe(-1);
    window.add(10_000_000, 7, false);
    expect(window.latency(10_000_000)).toBe(7);
    expect(window.errorRate(10_000_000)).toBe(0);
  });

  it('does not mind a clock that began long ago', () => {
    const window = new SlidingWindow(60_000);
    const now = 3.15e12;
    window.add(now, 5, true);
    expect(window.errorRate(now + 54_000)).toBe(1);
    expect(window.errorRate(now + 61_000)).toBe(0);
  });
});
