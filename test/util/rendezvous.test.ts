import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash32 } from '../../lib/util/hash.js';
import {
  RendezvousTable,
  rendezvous,
  rendezvousSeeds,
  slotOwner,
  WeightedNames,
  weightedRendezvous,
} from '../../lib/util/rendezvous.js';

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 12 });

describe('rendezvous', () => {
  it('is nobody else’s with one name', () => {
    expect(rendezvous(rendezvousSeeds(['a']), 12345)).toBe(0);
  });

  it('gives the same name whatever the order', () => {
    fc.assert(
      fc.property(names, fc.string(), (list, key) => {
        const reversed = list.toReversed();
        const hash = hash32(key);
        const chosen = list[rendezvous(rendezvousSeeds(list), hash)];
        expect(reversed[rendezvous(rendezvousSeeds(reversed), hash)]).toBe(chosen);
      }),
    );
  });

  it('moves only the keys of the one that leaves', () => {
    fc.assert(
      fc.property(names, fc.nat(11), fc.array(fc.string(), { minLength: 20, maxLength: 20 }), (list, at, keys) => {
        if (list.length < 2) return;
        const gone = list[at % list.length];
        const rest = list.filter((name) => name !== gone);
        for (const key of keys) {
          const before = list[rendezvous(rendezvousSeeds(list), hash32(key))];
          const after = rest[rendezvous(rendezvousSeeds(rest), hash32(key))];
          if (before !== gone) expect(after).toBe(before);
        }
      }),
    );
  });

  it('is even: 100,000 keys on 7 names, each within 3 % of its share', () => {
    const seeds = rendezvousSeeds(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const index = rendezvous(seeds, hash32(`key-${i}`));
      counts[index] = (counts[index] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 100_000 / 7)).toBeLessThan((0.03 * 100_000) / 7);
  });
});

describe('the table', () => {
  it('has the same owners as the slots have without it, whatever was asked before', () => {
    fc.assert(
      fc.property(names, fc.array(fc.nat(2 ** 32 - 1), { maxLength: 50 }), (list, hashes) => {
        const table = new RendezvousTable(list);
        for (const hash of [...hashes, ...hashes.toReversed()]) {
          expect(table.owner(hash)).toBe(slotOwner(rendezvousSeeds(list), hash));
        }
      }),
    );
  });

  it('is even: 100,000 keys on 10 names, each within 5 % of its share', () => {
    const table = new RendezvousTable(Array.from({ length: 10 }, (_, i) => `name ${i}`));
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const owner = table.owner(hash32(`key ${i}`));
      counts[owner] = (counts[owner] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});

describe('by weight', () => {
  it('is the same as without, where all are equal', () => {
    fc.assert(
      fc.property(names, fc.double({ min: 0.01, max: 100, noNaN: true }), fc.nat(2 ** 32 - 1), (list, weight, key) => {
        const seeds = rendezvousSeeds(list);
        const weights = new Float64Array(list.length).fill(weight);
        expect(weightedRendezvous(seeds, weights, key)).toBe(rendezvous(seeds, key));
        expect(new WeightedNames(list.map((id) => ({ id, weight }))).nearest(key)).toBe(rendezvous(seeds, key));
      }),
    );
  });

  it('shares 100,000 keys by weight, each within 1 % of all', () => {
    const weights = [1, 2, 3, 0.5];
    const named = new WeightedNames(weights.map((weight, i) => ({ id: `name ${i}`, weight })));
    const counts = new Array<number>(4).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const nearest = named.nearest(hash32(`key ${i}`));
      counts[nearest] = (counts[nearest] ?? 0) + 1;
    }
    for (const [i, weight] of weights.entries()) {
      expect(Math.abs((counts[i] ?? 0) / 100_000 - weight / 6.5)).toBeLessThan(0.01);
    }
  });
});
