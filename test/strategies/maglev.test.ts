import { describe, expect, it } from 'vitest';
import { createStrategy, type StrategySpec } from '../../lib/strategies/spec.js';
import { backendsOf, contextOf, thrownBy } from '../core/fakes.js';

describe('maglev', () => {
  it('shares 50,000 keys by weight: each share within 1 % of all', () => {
    const strategy = createStrategy('maglev');
    const backends = backendsOf(1, 2, 5, 8);
    const counts = new Map<string, number>();
    for (let i = 0; i < 50_000; i++) {
      const { id } = strategy.pick(backends, contextOf(`key ${i}`));
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    for (const { id, weight } of backends) {
      expect(Math.abs((counts.get(id) ?? 0) / 50_000 - weight / 16)).toBeLessThan(0.01);
    }
  });

  it('takes another table size and another key', () => {
    const strategy = createStrategy(['maglev', { tableSize: 251, key: () => 'the same for all' }]);
    const backends = backendsOf(1, 1, 1);
    const picked = Array.from({ length: 50 }, (_, i) => strategy.pick(backends, contextOf(`key ${i}`)).id);
    expect(new Set(picked).size).toBe(1);
  });

  it.each([0, 1, 100, 65_536, 101.5, '251', null])('no tableSize of %j', (tableSize) => {
    const spec = ['maglev', { tableSize }] as StrategySpec;
    expect(thrownBy(() => createStrategy(spec)).problems).toMatchObject([{ path: '[1].tableSize', value: tableSize }]);
  });

  it('what a key function throws comes out', () => {
    const key = (): string => {
      throw new Error('no key');
    };
    expect(() => createStrategy(['maglev', { key }]).pick(backendsOf(1), contextOf())).toThrow('no key');
  });
});
