import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import type { Strategy } from '../../lib/core/strategy.js';
import { createStrategy } from '../../lib/strategies/spec.js';
import { answered, backendsOf, contextOf, failed } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

const context = contextOf();
const clock = new FakeClock();
const make = (decay?: string): Strategy => createStrategy(['least-response-time', { decay }], { clock });

function taught(strategy: Strategy, backends: readonly BackendRecord[], latencies: readonly number[]): void {
  for (const [i, backend] of backends.entries()) {
    strategy.onRelease?.(backend, answered({ responseTime: latencies[i] ?? 1 }));
  }
}

describe('least-response-time', () => {
  it.each([
    ['the fastest', [1, 1, 1], [30, 10, 20], [0, 0, 0], 'b'],
    ['the fast and busy against the slow and idle', [1, 1], [10, 25], [2, 0], 'b'],
    ['the fast and busy where that is still less', [1, 1], [10, 35], [2, 0], 'a'],
    ['by weight', [1, 3], [10, 20], [0, 0], 'b'],
  ])('takes %s', (_what, weights, latencies, active, id) => {
    const strategy = make();
    const backends = backendsOf(...weights);
    for (const [i, backend] of backends.entries()) backend.active = active[i] ?? 0;
    taught(strategy, backends, latencies);
    expect(strategy.pick(backends, context).id).toBe(id);
  });

  it('picks the smallest latency x (active + 1) / weight: a property', () => {
    const one = fc.record({ weight: fc.integer({ min: 1, max: 9 }), latency: fc.nat(500), active: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 12 }), (list) => {
        const strategy = make();
        const backends = backendsOf(...list.map(({ weight }) => weight));
        for (const [i, backend] of backends.entries()) backend.active = list[i]?.active ?? 0;
        taught(
          strategy,
          backends,
          list.map(({ latency }) => latency),
        );
        const scores = list.map(({ weight, latency, active }) => (latency * (active + 1)) / weight);
        const chosen = strategy.pick(backends, context);
        expect(scores[backends.indexOf(chosen as BackendRecord)]).toBe(Math.min(...scores));
      }),
    );
  });

  it('takes ties in turn', () => {
    const strategy = make();
    const backends = backendsOf(1, 1, 1);
    taught(strategy, backends, [20, 20, 20]);
    expect(Array.from({ length: 6 }, () => strategy.pick(backends, context).id).join('')).toBe('abcabc');
  });

  it('counts who has not answered yet as the fastest, so that it gets its share and no more', () => {
    const strategy = make();
    const backends = backendsOf(1, 1, 1) as [BackendRecord, BackendRecord, BackendRecord];
    taught(strategy, backends.slice(0, 2), [10, 100]);
    const picked = Array.from({ length: 8 }, () => {
      const chosen = strategy.pick(backends, context) as BackendRecord;
      chosen.active++;
      return chosen.id;
    });
    expect(picked.filter((id) => id === 'c')).toHaveLength(4);
  });

  it('gives a slow one another chance when it has been silent for long', () => {
    const own = new FakeClock();
    const strategy = createStrategy(['least-response-time', { decay: '1s' }], { clock: own });
    const backends = backendsOf(1, 1) as [BackendRecord, BackendRecord];
    taught(strategy, backends, [10, 80]);
    expect(strategy.pick(backends, context).id).toBe('a');
    for (let i = 0; i < 40; i++) {
      own.advance(100);
      strategy.onRelease?.(backends[0], answered({ responseTime: 10 }));
    }
    // Four halvings: 80 is 5 by now.
    expect(strategy.pick(backends, context).id).toBe('b');
  });

  it('a failure costs at least 5 s', () => {
    const strategy = make();
    const backends = backendsOf(1, 1) as [BackendRecord, BackendRecord];
    taught(strategy, backends, [100, 1]);
    strategy.onRelease?.(backends[1], failed('FAIRLEAD_BACKEND_RESET'));
    expect(strategy.pick(backends, context).id).toBe('a');
    expect(strategy.score?.(backends[1], context)).toBeCloseTo(0.95 + 250);
  });

  it('after long silence does not run to one that hangs', () => {
    const strategy = make();
    const backends = backendsOf(1, 1);
    taught(strategy, backends, [20, 20]);
    clock.advance(600_000);
    const [hung, well] = backends as [BackendRecord, BackendRecord];
    for (let i = 0; i < 100; i++) {
      const chosen = strategy.pick(backends, context);
      if (chosen === hung) hung.active++;
      else strategy.onRelease?.(well, answered({ responseTime: 20 }));
    }
    expect(hung.active).toBeLessThan(5);
  });
});
