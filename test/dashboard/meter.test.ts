import { describe, expect, it } from 'vitest';
import { Meter, share } from '../../lib/dashboard/meter.js';

const NONE = { count: 0, p50: 0, p95: 0, p99: 0 };
const counted = (total: number, failed = 0, latency = NONE) => ({ total, failed, perSecond: 7, latency });

describe('Meter', () => {
  it('makes rates out of counts', () => {
    const meter = new Meter();
    expect(meter.read(counted(100, 1), 1_000, 1)).toMatchObject({ rate: 7, errors: null, p50: null });
    const latency = { p50: 4.04, p95: 9, p99: 20 };
    expect(meter.read(counted(150, 2, { count: 9, ...latency }), 3_000, 3)).toEqual({
      ...{ rate: 25, errors: 0.5, p50: 4, p95: 9, p99: 20 },
    });
    expect(meter.figures.rate).toBe(25);
  });

  it('a count that is smaller than before is no negative rate', () => {
    const meter = new Meter();
    meter.read(counted(100), 0, 0);
    expect(meter.read(counted(10), 1_000, 1).rate).toBe(0);
  });

  it('after a long while in which nobody looked the rate is that of the last seconds', () => {
    const meter = new Meter();
    meter.read(counted(0), 0, 0);
    expect(meter.read(counted(1_000_000), 3_600_000, 3_600)).toMatchObject({ rate: 7, errors: null });
    expect(meter.read(counted(1_000_010), 3_601_000, 3_601).rate).toBe(10);
  });

  it('knows the last minute and the last seconds', () => {
    const meter = new Meter();
    for (let second = 0; second <= 60; second++) {
      meter.read(counted(second * 10, second > 50 ? (second - 50) * 5 : 0), second * 1_000, second);
    }
    expect(meter.minute).toBe(600);
    expect(meter.failing).toBeCloseTo(50 / 600, 3);
    expect(meter.failingNow).toBe(0.5);
    expect(new Meter().failing).toBeNull();
    expect(new Meter().failingNow).toBe(0);
  });
});

describe('share', () => {
  it('is of something, and never above all of it', () => {
    expect(share(1, 3)).toBe(0.333);
    expect(share(5, 3)).toBe(1);
    expect(share(0, 0)).toBeNull();
  });
});
