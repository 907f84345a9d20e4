import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import { createStrategy, type StrategySpec } from '../../lib/strategies/spec.js';
import { answered, backendsOf, contextOf, thrownBy } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

const context = contextOf();

function setup(options: object = {}) {
  const clock = new FakeClock(1_000_000);
  const strategy = createStrategy(['adaptive', options] as StrategySpec, { clock });
  const [a, b] = backendsOf(1, 1) as [BackendRecord, BackendRecord];
  const list = [a, b];
  strategy.pick(list, context);
  const tell = (backend: BackendRecord, responseTime: number, status = 200): void =>
    strategy.onRelease?.(backend, answered({ responseTime, status }));
  return { clock, strategy, a, b, list, tell };
}

describe('adaptive', () => {
  it('scores latency, errors and load relative to the worst', () => {
    const { strategy, a, b, tell } = setup();
    tell(a, 10);
    tell(b, 40);
    a.active = 3;
    b.active = 1;
    expect(strategy.score?.(a, context)).toBeCloseTo(0.4 * (10 / 40) + 0.2);
    expect(strategy.score?.(b, context)).toBeCloseTo(0.4 + 0.2 / 3);
  });

  it('takes weights; those not given keep their defaults', () => {
    const { strategy, a, b, list, tell } = setup({ weights: { latency: 0 } });
    tell(a, 90);
    tell(b, 10);
    b.active = 1;
    expect(strategy.score?.(b, context)).toBeCloseTo(0.2);
    expect(strategy.pick(list, context)).toBe(a);
  });

  it('an error rate counts for more than it is where it is the worst, but not below 5 %', () => {
    const { strategy, a, tell } = setup({ weights: { latency: 0 } });
    for (let i = 0; i < 99; i++) tell(a, 10);
    tell(a, 10, 500);
    expect(strategy.score?.(a, context)).toBeCloseTo(0.4 * (0.01 / 0.05));
    for (let i = 0; i < 9; i++) tell(a, 10, 500);
    expect(strategy.score?.(a, context)).toBeCloseTo(0.4);
  });

  it('forgets what is older than the window', () => {
    const { strategy, clock, a, b, list, tell } = setup({ window: '12s' });
    tell(a, 10);
    tell(b, 10, 500);
    expect(strategy.pick(list, context)).toBe(a);
    clock.advance(12_001);
    expect(strategy.score?.(b, context)).toBe(0);
  });

  it('sends one of 20 to who was passed over for a twelfth of the window, and no more', () => {
    const { strategy, clock, b, list, a, tell } = setup();
    tell(a, 10);
    for (let i = 0; i < 50; i++) tell(b, 10, 500);
    let explored = 0;
    for (let i = 0; i < 1000; i++) {
      clock.advance(10);
      if (strategy.pick(list, context) === b) explored++;
    }
    // Ten seconds: two times 5 s have passed.
    expect(explored).toBeGreaterThanOrEqual(1);
    expect(explored).toBeLessThanOrEqual(2);
  });

  it('starts no timer', () => {
    const { clock, a, tell } = setup();
    tell(a, 10);
    expect(clock.pending).toBe(0);
  });

  it.each([{ weights: { latency: -1 } }, { weights: { speed: 1 } }, { window: 5 }, { window: 'soon' }])(
    'refuses %j',
    (options) => {
      expect(thrownBy(() => createStrategy(['adaptive', options] as StrategySpec)).problems).toHaveLength(1);
    },
  );
});
