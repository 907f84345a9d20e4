import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backendRecord } from '../../../lib/core/backend.js';
import { Pool } from '../../../lib/core/pool.js';
import { KeyedAffinity } from '../../../lib/sticky/common/keyed.js';
import { backendsOf, fakeExchange, homeBy } from '../../core/fakes.js';

const keyed = (key: string | undefined, hash = false) => new KeyedAffinity(() => key, hash);
const asker = fakeExchange();

describe('a key that names a backend', () => {
  it('leads there', () => {
    expect(homeBy(keyed('b'), asker, new Pool(backendsOf(1, 1)))).toBe('b');
  });

  it('leads also to one that drains, and to a backup', () => {
    const backup = backendRecord({ url: 'http://10.0.0.9', id: 'spare', backup: true });
    const members = [...backendsOf(1, 1), backup];
    const pool = new Pool(members);
    pool.setState(members[1] as (typeof members)[0], 'drain');
    expect(homeBy(keyed('b'), asker, pool)).toBe('b');
    expect(homeBy(keyed('spare'), asker, pool)).toBe('spare');
  });

  it('leads nowhere else', () => {
    const pool = new Pool(backendsOf(1, 1));
    for (const key of ['c', 'B', ' b', 'http://10.0.0.1:3000', '__proto__', 'constructor', '%62']) {
      expect(homeBy(keyed(key), asker, pool)).toBe('ignored');
    }
    fc.assert(
      fc.property(fc.string({ minLength: 2, unit: 'binary' }), (key) => {
        expect(homeBy(keyed(key), asker, pool)).toBe('ignored');
      }),
    );
  });
});

describe('a key that is hashed', () => {
  it('always has a backend, and spreads: 6,000 keys on 3, each share within 3 %', () => {
    const pool = new Pool(backendsOf(1, 1, 1));
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const id = homeBy(keyed(`tenant-${i}`, true), asker, pool) ?? '';
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    // The standard deviation of a share is 0.6 %; slots add some.
    for (const id of 'abc') expect(Math.abs((counts.get(id) ?? 0) / 6000 - 1 / 3)).toBeLessThan(0.03);
  });

  it('of an empty pool has none', () => {
    expect(homeBy(keyed('x', true), asker, new Pool([]))).toBeUndefined();
  });
});

it.each([undefined, ''])('%j is no key', (key) => {
  for (const hash of [false, true]) expect(homeBy(keyed(key, hash), asker, new Pool(backendsOf(1)))).toBeUndefined();
});
