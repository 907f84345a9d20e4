import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import { createStrategy } from '../../lib/strategies/spec.js';
import { answered, backendsOf, contextOf, failed } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';
import { seededRandom } from '../support/random.js';

const context = contextOf();

describe('peak-ewma', () => {
  it('takes the one with less latency x (active + 1) / weight of two', () => {
    const strategy = createStrategy('peak-ewma', { clock: new FakeClock(), random: seededRandom(1) });
    const [a, b] = backendsOf(1, 1) as [BackendRecord, BackendRecord];
    strategy.onRelease?.(a, answered({ responseTime: 10 }));
    strategy.onRelease?.(b, answered({ responseTime: 25 }));
    expect(strategy.pick([a, b], context)).toBe(a);
    a.active = 2;
    expect(strategy.pick([a, b], context)).toBe(b);
    a.weight = 2;
    expect(strategy.pick([a, b], context)).toBe(a);
  });

  it('is what p2c is over that load', () => {
    const clock = new FakeClock();
    const preset = createStrategy('peak-ewma', { clock, random: seededRandom(4) });
    const spelt = createStrategy(['p2c', { load: 'peak-ewma' }], { clock, random: seededRandom(4) });
    const backends = backendsOf(1, 2, 1, 1);
    for (let i = 0; i < 300; i++) {
      clock.advance(50);
      const chosen = preset.pick(backends, context);
      expect(spelt.pick(backends, context)).toBe(chosen);
      for (const strategy of [preset, spelt]) strategy.onRelease?.(chosen, answered({ responseTime: (i * 7) % 90 }));
    }
  });

  it('takes decay and penalty, as numbers and as texts', () => {
    const clock = new FakeClock();
    const strategy = createStrategy(['peak-ewma', { decay: '2s', penalty: 700 }], { clock });
    const [a] = backendsOf(1) as [BackendRecord];
    strategy.onRelease?.(a, failed('FAIRLEAD_CONNECT'));
    expect(strategy.score?.(a, context)).toBe(700);
    clock.advance(2000);
    expect(strategy.score?.(a, context)).toBeCloseTo(700 / Math.E);
  });
});
