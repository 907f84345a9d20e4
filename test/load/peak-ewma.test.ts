import { describe, expect, it } from 'vitest';
import { PeakEwma, peakEwma } from '../../lib/load/peak-ewma.js';
import { aborted, answered, failed, one } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

function setup(decay = 10_000, penalty = 5_000) {
  const clock = new FakeClock(500);
  return { clock, metric: new PeakEwma(clock, decay, penalty), backend: one() };
}

describe('peak EWMA', () => {
  it('is 0 of one that is unknown and idle, the penalty of one that is unknown and busy', () => {
    const { metric, backend } = setup();
    expect(metric.of(backend)).toBe(0);
    backend.active = 2;
    expect(metric.of(backend)).toBe(5_002);
  });

  it('is latency x (active + 1)', () => {
    const { metric, backend } = setup();
    metric.record(backend, answered({ responseTime: 40 }));
    backend.active = 2;
    expect(metric.of(backend)).toBe(120);
  });

  it('believes a rise at once and a fall by w = exp(-dt / tau)', () => {
    const { metric, backend, clock } = setup();
    metric.record(backend, answered({ responseTime: 10 }));
    metric.record(backend, answered({ responseTime: 100 }));
    expect(metric.of(backend)).toBe(100);
    clock.advance(1_000);
    metric.record(backend, answered({ responseTime: 20 }));
    const w = Math.exp(-0.1);
    expect(metric.of(backend)).toBeCloseTo(20 * (1 - w) + 100 * w);
  });

  it('sinks towards 0 in silence; asking changes nothing', () => {
    const { metric, backend, clock } = setup();
    metric.record(backend, answered({ responseTime: 100 }));
    for (let i = 0; i < 10; i++) {
      clock.advance(1_000);
      metric.of(backend);
    }
    expect(metric.of(backend)).toBeCloseTo(100 / Math.E);
  });

  it('takes a failure for the penalty, or for what it took if that is more', () => {
    const { metric, backend } = setup();
    metric.record(backend, failed('FAIRLEAD_CONNECT', false, { duration: 3 }));
    expect(metric.of(backend)).toBe(5_000);
    metric.record(backend, failed('FAIRLEAD_HEADERS_TIMEOUT', false, { duration: 60_000 }));
    expect(metric.of(backend)).toBe(60_000);
  });

  it('learns nothing of a client that went away', () => {
    const { metric, backend } = setup();
    metric.record(backend, aborted({ duration: 9_000 }));
    expect(metric.of(backend)).toBe(0);
  });

  it('as a load metric has tau 10 s and penalty 5 s', () => {
    const clock = new FakeClock();
    const metric = peakEwma.create(clock);
    const backend = one();
    metric.record?.(backend, failed('FAIRLEAD_CONNECT'));
    clock.advance(10_000);
    expect(metric.of(backend)).toBeCloseTo(5_000 / Math.E);
  });

  it('after long silence is the penalty of one that was asked and has not answered: who hangs does not get everything', () => {
    const { metric, backend, clock } = setup();
    metric.record(backend, answered({ responseTime: 20 }));
    clock.advance(600_000);
    expect(metric.of(backend)).toBeLessThan(1);
    backend.active = 3;
    expect(metric.of(backend)).toBe(5_003);
  });

  it('keeps nobody away from one that has only tunnels', () => {
    const { metric, backend, clock } = setup();
    backend.active = backend.upgrades = 2;
    expect(metric.of(backend)).toBe(2);
    metric.record(backend, answered({ responseTime: 20 }));
    clock.advance(600_000);
    expect(metric.of(backend)).toBeLessThan(1);
  });
});
