import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StrategyName } from '../../lib/strategies/index.js';
import { backendsOf } from '../core/fakes.js';
import { byKey, client, keyed, make } from './strategies.js';

/** What goes by the key: who stays, who moves, and where to. */

/** Keys of others that may move when one leaves or joins, as a share of all; 0 where only its own do. */
const DISTURBANCE: Partial<Record<StrategyName, number>> = { maglev: 0.05 };

/** What may move beyond the share of the one that leaves. */
const boundOf = (name: StrategyName): number => DISTURBANCE[name] ?? 0.02;

describe.each(byKey)('%s, which goes by the key', (name) => {
  const backends = backendsOf(1, 1, 1, 1, 1, 1);
  const keys = Array.from({ length: 3000 }, (_, i) => client(i));

  it('picks the same for a key always, in every instance, whatever is busy and in whatever order they stand', () => {
    const busy = backends.map((backend, i) => ({ ...backend, active: 100 * i }));
    const [one, other] = [make(name, 1), make(name, 2)];
    for (const context of keys) {
      const { id } = one.pick(backends, context);
      expect(one.pick(backends, context).id).toBe(id);
      expect(other.pick(backends.toReversed(), context).id).toBe(id);
      expect(other.pick(busy, context).id).toBe(id);
    }
  });

  const others = DISTURBANCE[name] ?? 0;
  const rule = others === 0 ? 'only the keys' : `the keys, and at most ${100 * others} % of all others,`;
  it(`moves ${rule} of the one that leaves, and moves them back when it returns`, () => {
    for (const gone of backends) {
      const strategy = make(name);
      const rest = backends.filter((backend) => backend !== gone);
      const before = keys.map((context) => strategy.pick(backends, context));
      const without = keys.map((context) => strategy.pick(rest, context));
      const after = keys.map((context) => strategy.pick([...backends], context));
      const moved = before.filter((backend, i) => backend !== gone && without[i] !== backend);
      expect(moved.length / keys.length).toBeLessThanOrEqual(others);
      expect(after).toEqual(before);
    }
  });

  const percent = 100 * boundOf(name);
  it(`moves no more than the share and ${percent} % when one of 2 to 20 leaves or joins, weighted or not`, () => {
    const weights = fc.array(fc.constantFrom(1, 1, 1, 2, 3, 0.5), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(weights, fc.nat(19), (list, at) => {
        const all = backendsOf(...list);
        const gone = all[at % all.length];
        const [before, after] = [make(name), make(name)];
        const rest = all.filter((backend) => backend !== gone);
        let owned = 0;
        let moved = 0;
        for (const context of keys) {
          const owner = before.pick(all, context);
          if (owner === gone) owned++;
          if (owner !== after.pick(rest, context)) moved++;
        }
        expect(moved / keys.length).toBeLessThanOrEqual(owned / keys.length + boundOf(name));
      }),
      { seed: 20_261_121, numRuns: 25 },
    );
  });

  it('gives 100,000 keys, alike but for a few digits, to 10 backends: each within 3 % of all of a tenth', () => {
    const ten = backendsOf(...Array.from({ length: 10 }, () => 1));
    const strategy = make(name);
    const counts = new Map<string, number>();
    for (let i = 0; i < 100_000; i++) {
      const { id } = strategy.pick(ten, keyed(`session-${i}`));
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    for (const { id } of ten) expect(Math.abs((counts.get(id) ?? 0) / 100_000 - 0.1)).toBeLessThan(0.03);
  });

  it('shares the keys of the one that leaves among all: 3,000 keys, no heir gets more than 40 % of them', () => {
    for (const gone of backends) {
      const strategy = make(name);
      const rest = backends.filter((backend) => backend !== gone);
      const orphans = keys.filter((context) => strategy.pick(backends, context) === gone);
      const heirs = new Map<string, number>();
      for (const context of orphans) {
        const { id } = strategy.pick(rest, context);
        heirs.set(id, (heirs.get(id) ?? 0) + 1);
      }
      // About 500 orphans and 5 heirs; the standard deviation of a share is 1.8 %.
      for (const count of heirs.values()) expect(count / orphans.length).toBeLessThan(0.4);
    }
  });
});
