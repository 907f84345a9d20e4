import { expect, it } from 'vitest';
import type { Backend } from '../../lib/core/backend.js';
import { Contexts } from '../../lib/simulate/contexts.js';
import { goesByKey, KeyWatch } from '../../lib/simulate/key-moves.js';
import { keyName } from '../../lib/simulate/keys.js';
import { createStrategy, type StrategySpec } from '../../lib/strategies/spec.js';
import { backendsOf } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';
import { seededRandom } from '../support/random.js';

const keys = new Contexts(Array.from({ length: 2000 }, (_, i) => keyName(i)));
const contexts = Array.from({ length: keys.size }, (_, i) => keys.of(i));
const make = (spec: StrategySpec) => (seed: number) =>
  createStrategy(spec, { clock: new FakeClock(), random: seededRandom(seed) });

it.each([
  ['ip-hash', true],
  ['round-robin', false],
  ['random', false],
  ['p2c', false],
  ['least-connections', false],
] as const)('%s goes by the key: %s', (name, expected) => {
  expect(goesByKey(make(name), backendsOf(1, 1, 1, 1), contexts.slice(0, 128))).toBe(expected);
});

it('one backend for all is no hash', () => {
  const first = { pick: (candidates: readonly Backend[]) => candidates[0] as Backend };
  expect(goesByKey(() => first, backendsOf(1, 1, 1), contexts.slice(0, 128))).toBe(false);
});

it('ip-hash moves what it has to and no more', () => {
  const all = backendsOf(1, 1, 1, 1, 1);
  const watch = new KeyWatch(make('ip-hash'), contexts);
  expect(watch.result).toBeUndefined();
  watch.membership(all, all.slice(1));
  watch.membership(all.slice(1), [...all]);
  const { changes, moved, needed } = watch.result ?? { changes: 0, moved: 0, needed: 1 };
  expect(changes).toBe(2);
  expect(moved).toBe(needed);
  // 2,000 keys: the standard deviation of a fifth is 0.9 %.
  expect(Math.abs(moved - 0.2)).toBeLessThan(0.04);
});

it('a modulo moves nearly all, which is what ring and rendezvous are for', () => {
  const modulo = {
    pick: (candidates: readonly Backend[], { key }: { key: string }) =>
      candidates[Number(key.split('.').at(-1)) % candidates.length] as Backend,
  };
  const all = backendsOf(1, 1, 1, 1, 1);
  const watch = new KeyWatch(() => modulo, contexts);
  watch.membership(all, all.slice(0, 4));
  expect(watch.result?.moved).toBeGreaterThan(0.7);
});

it('asks of idle copies: who is busy now has no say, and nothing is counted', () => {
  const all = backendsOf(1, 1, 1);
  for (const backend of all) backend.active = 5;
  const seen = new Set<number>();
  const first = {
    pick: ([backend]: readonly Backend[]) => {
      seen.add(backend?.active ?? -1);
      return backend as Backend;
    },
  };
  const watch = new KeyWatch(() => first, contexts);
  watch.membership(all, all.slice(1));
  expect(seen).toEqual(new Set([0]));
});

it('passes over a pool that is empty before or after', () => {
  const watch = new KeyWatch(make('ip-hash'), contexts);
  watch.membership(backendsOf(1), []);
  watch.membership([], backendsOf(1));
  expect(watch.result).toBeUndefined();
});
