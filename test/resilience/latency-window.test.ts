import { describe, expect, it } from 'vitest';
import { LatencyWindow } from '../../lib/resilience/latency-window.js';

describe('a window of latencies', () => {
  it('is 0 before the first', () => {
    expect(new LatencyWindow(0.95).value()).toBe(0);
  });

  it('says what the given share took at most, by number and not by name', () => {
    const window = new LatencyWindow(0.95);
    for (let ms = 1; ms <= 20; ms++) window.add(ms);
    expect([window.count, window.value()]).toEqual([20, 19]);
  });

  it('forgets all but the latest thousand', () => {
    const window = new LatencyWindow(0.5);
    for (let i = 0; i < 1_000; i++) window.add(900);
    for (let i = 0; i < 1_000; i++) window.add(3);
    expect(window.value()).toBe(3);
  });

  it('is computed anew after fifty more', () => {
    const window = new LatencyWindow(1);
    for (let i = 0; i < 100; i++) window.add(1);
    expect(window.value()).toBe(1);
    for (let i = 0; i < 49; i++) window.add(2);
    expect(window.value()).toBe(1);
    window.add(2);
    expect(window.value()).toBe(2);
  });
});
