import { describe, expect, it } from 'vitest';
import { Rate } from '../../lib/observe/rate.js';

/** So many each second, spread evenly, from `from` until `to`. */
function steady(rate: Rate, perSecond: number, from: number, to: number): void {
  for (let t = from; t < to; t += 1000 / perSecond) rate.add(t);
}

describe('a rate', () => {
  it('is 0 at the beginning', () => {
    expect(new Rate(5000).perSecond(5000)).toBe(0);
  });

  it('of a steady stream is what it is, at any moment', () => {
    const rate = new Rate(0);
    for (let t = 0; t < 30_000; t += 20) {
      rate.add(t);
      if (t > 2_000) expect(rate.perSecond(t)).toBeCloseTo(50, -1);
    }
  });

  it('is over the time there was, while that is short, and over a second at least', () => {
    const rate = new Rate(100);
    rate.add(100);
    rate.add(150);
    expect(rate.perSecond(200)).toBe(2);
    expect(rate.perSecond(4_100)).toBe(0.5);
  });

  it('comes back to 0 within ten seconds', () => {
    const rate = new Rate(0);
    steady(rate, 100, 0, 20_000);
    expect(rate.perSecond(25_000)).toBeGreaterThan(30);
    expect(rate.perSecond(30_000)).toBe(0);
    expect(rate.perSecond(3_600_000)).toBe(0);
  });
});
