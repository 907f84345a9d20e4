import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import { createStrategy } from '../../lib/strategies/spec.js';
import { backendsOf, contextOf } from '../core/fakes.js';

describe('rendezvous', () => {
  it('follows weights from 1 to 8 closely: 20,000 keys, each share within 1.5 % of all', () => {
    const strategy = createStrategy('rendezvous');
    const backends = backendsOf(1, 2, 5, 8);
    const counts = new Map<string, number>();
    for (let i = 0; i < 20_000; i++) {
      const { id } = strategy.pick(backends, contextOf(`key ${i}`));
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    for (const { id, weight } of backends) {
      expect(Math.abs((counts.get(id) ?? 0) / 20_000 - weight / 16)).toBeLessThan(0.015);
    }
  });

  it('when one gains weight, moves keys only to it', () => {
    const backends = backendsOf(1, 1, 1) as [BackendRecord, BackendRecord, BackendRecord];
    const strategy = createStrategy('rendezvous');
    const keys = Array.from({ length: 500 }, (_, i) => contextOf(`key ${i}`));
    const before = keys.map((key) => strategy.pick(backends, key).id);
    backends[1].weight = 2;
    const changed = [...backends];
    for (const [i, key] of keys.entries()) {
      const { id } = strategy.pick(changed, key);
      if (id !== 'b') expect(id).toBe(before[i]);
    }
  });

  it('scores whom it takes lowest, and takes the next best in a retry', () => {
    const strategy = createStrategy('rendezvous');
    const backends = backendsOf(1, 2, 3, 1);
    for (let i = 0; i < 100; i++) {
      const context = contextOf(`key ${i}`);
      const score = (backend: BackendRecord): number => strategy.score?.(backend, context) ?? 0;
      const [first, ...rest] = backends.toSorted((a, b) => score(a) - score(b));
      expect(strategy.pick(backends, context)).toBe(first);
      expect(strategy.pick(rest, { ...context, attempt: 1 })).toBe(rest[0]);
    }
  });
});
