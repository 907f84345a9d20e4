import { expect, it } from 'vitest';
import { backendRecord } from '../../../lib/core/backend.js';
import { Pool } from '../../../lib/core/pool.js';
import { Home } from '../../../lib/sticky/common/home.js';
import { backendsOf } from '../../core/fakes.js';

const keys = Array.from({ length: 200 }, (_, i) => `key-${i}`);

it('a key has one backend, in every instance and whatever the order', () => {
  const members = backendsOf(1, 1, 1);
  const [one, two] = [new Home(), new Home()];
  const [pool, turned] = [new Pool(members), new Pool(members.toReversed())];
  for (const key of keys) expect(two.of(key, turned)).toBe(one.of(key, pool));
  expect(new Set(keys.map((key) => one.of(key, pool))).size).toBe(3);
});

it('only the clients of a backend that leaves move', () => {
  const members = backendsOf(1, 1, 1);
  const home = new Home();
  const before = new Map(keys.map((key) => [key, home.of(key, new Pool(members))?.id]));
  const left = new Pool(members.slice(0, 2));
  for (const key of keys) if (before.get(key) !== 'c') expect(home.of(key, left)?.id).toBe(before.get(key));
});

it('nobody is at home on a backup, nor anywhere in an empty pool', () => {
  const backup = backendRecord({ url: 'http://10.0.0.9', id: 'spare', backup: true });
  const pool = new Pool([...backendsOf(1), backup]);
  expect(new Set(keys.map((key) => new Home().of(key, pool)?.id))).toEqual(new Set(['a']));
  expect(new Home().of('key', new Pool([]))).toBeUndefined();
});
