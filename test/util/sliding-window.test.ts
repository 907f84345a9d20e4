import { describe, expect, it } from 'vitest';
import { SlidingWindow } from '../../lib/util/sliding-window.js';

describe('sliding window', () => {
  it('has mean latency and error rate of what is in it', () => {
    const window = new SlidingWindow(12_000);
    expect([window.count, window.latency, window.errorRate]).toEqual([0, -1, 0]);
    window.add(500, 10, false);
    window.add(2_500, 30, true);
    expect([window.count, window.latency, window.errorRate]).toEqual([2, 20, 0.5]);
  });

  it('lets things leave a bucket at a time', () => {
    const window = new SlidingWindow(12_000);
    for (let i = 0; i < 12; i++) window.add(1_000 * i, i, false);
    window.forget(11_999);
    expect(window.count).toBe(12);
    window.forget(12_000);
    expect(window.count).toBe(11);
    window.forget(22_000);
    expect(window.latency).toBe(11);
    window.forget(23_000);
    expect(window.count).toBe(0);
  });

  it('is empty after any silence longer than it, and sums without a rest', () => {
    const window = new SlidingWindow(12_000);
    for (let i = 0; i < 50; i++) window.add(1_000 * i, 0.1 * i, i % 3 === 0);
    window.forget(10_000_000);
    expect(window.latency).toBe(-1);
    window.add(10_000_000, 7, false);
    window.forget(10_000_000);
    expect(window.latency).toBe(7);
    window.forget(10_000_000);
    expect(window.errorRate).toBe(0);
  });

  it('does not mind a clock that began long ago', () => {
    const window = new SlidingWindow(60_000);
    const now = 3.15e12;
    window.add(now, 5, true);
    window.forget(now + 54_000);
    expect(window.errorRate).toBe(1);
    window.forget(now + 61_000);
    expect(window.errorRate).toBe(0);
  });
});
