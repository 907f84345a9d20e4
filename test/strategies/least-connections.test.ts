import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStrategy } from '../../lib/strategies/spec.js';
import { backendsOf, contextOf } from '../core/fakes.js';

const context = contextOf();

function loaded(weights: readonly number[], active: readonly number[]) {
  const backends = backendsOf(...weights);
  for (const [i, backend] of backends.entries()) backend.active = active[i] ?? 0;
  return backends;
}

const pick = (weights: readonly number[], active: readonly number[]): string =>
  createStrategy('least-connections').pick(loaded(weights, active), context).id;

describe('least-connections', () => {
  it.each([
    ['ascending loads', [1, 1, 1, 1], [0, 1, 2, 3], 'a'],
    ['descending loads', [1, 1, 1, 1], [3, 2, 1, 0], 'd'],
    ['the least in the middle', [1, 1, 1], [5, 2, 5], 'b'],
    ['a tie behind a larger one', [1, 1, 1], [9, 2, 2], 'b'],
    ['weights: 2 of 4 against 1 of 1', [4, 1], [2, 1], 'a'],
    ['weights: 4 of 4 against 0 of 1', [4, 1], [4, 0], 'b'],
    ['weights below 1', [0.5, 1], [1, 1], 'b'],
  ])('%s', (_what, weights, active, id) => {
    expect(pick(weights, active)).toBe(id);
  });

  it('picks one that no other is below, by active per weight', () => {
    const load = fc.record({ weight: fc.integer({ min: 1, max: 1000 }), active: fc.nat(10_000) });
    fc.assert(
      fc.property(fc.array(load, { minLength: 1, maxLength: 12 }), (loads) => {
        const backends = loaded(
          loads.map(({ weight }) => weight),
          loads.map(({ active }) => active),
        );
        const chosen = createStrategy('least-connections').pick(backends, context);
        for (const other of backends) {
          expect(chosen.active * other.weight).toBeLessThanOrEqual(other.active * chosen.weight);
        }
      }),
    );
  });

  it('takes ties in turn', () => {
    const strategy = createStrategy('least-connections');
    const backends = loaded([1, 1, 1, 1], [2, 2, 7, 2]);
    expect(Array.from({ length: 7 }, () => strategy.pick(backends, context).id).join('')).toBe('abdabda');
  });

  it('takes ties in turn by weight while all are idle', () => {
    const strategy = createStrategy('least-connections');
    const backends = backendsOf(3, 1);
    const picked = Array.from({ length: 40 }, () => strategy.pick(backends, context).id);
    expect(picked.filter((id) => id === 'a')).toHaveLength(30);
  });

  it('fills the pool evenly when nothing ends', () => {
    const strategy = createStrategy('least-connections');
    const backends = backendsOf(3, 2, 1);
    for (let i = 0; i < 60; i++) {
      const { id } = strategy.pick(backends, context);
      for (const backend of backends) if (backend.id === id) backend.active++;
    }
    expect(backends.map(({ active }) => active)).toEqual([30, 20, 10]);
  });

  it('shares by weight as before after it has been asked about what is left for a retry', () => {
    const strategy = createStrategy('least-connections');
    const backends = backendsOf(...Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 2 : 1)));
    for (const backend of backends) strategy.onAcquire?.(backend);
    for (let i = 0; i < 7; i++) strategy.pick(backends, context);
    strategy.pick(backends.slice(1), { ...context, attempt: 1 });
    const heavy = Array.from({ length: 900 }, () => strategy.pick(backends, context)).filter(
      ({ weight }) => weight === 2,
    );
    expect(Math.abs(heavy.length - 600)).toBeLessThanOrEqual(15);
  });
});
