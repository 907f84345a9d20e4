import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash32 } from '../../lib/util/hash.js';
import { inOrderOfId, Ring } from '../../lib/util/ring.js';

const membersOf = (...weights: number[]) => weights.map((weight, i) => ({ id: `backend ${i}`, weight }));

function countsOf(ring: Ring, size: number, keys: number): number[] {
  const counts = new Array<number>(size).fill(0);
  for (let i = 0; i < keys; i++) {
    const owner = ring.owner(hash32(`key ${i}`));
    counts[owner] = (counts[owner] ?? 0) + 1;
  }
  return counts;
}

describe('ring', () => {
  it('answers for every hash, with one point and with many', () => {
    const hashes = fc.nat(2 ** 32 - 1);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 50 }), hashes, (size, replicas, hash) => {
        const ring = new Ring(membersOf(...new Array<number>(size).fill(1)), replicas);
        for (const key of [hash, 0, 2 ** 32 - 1]) {
          expect(ring.owner(key)).toBeGreaterThanOrEqual(0);
          expect(ring.owner(key)).toBeLessThan(size);
        }
      }),
    );
  });

  it('shares by weight: 50,000 keys on 1, 2, 4, 1, each within 3 % of all', () => {
    const counts = countsOf(new Ring(membersOf(1, 2, 4, 1), 160), 4, 50_000);
    for (const [i, share] of [1 / 8, 1 / 4, 1 / 2, 1 / 8].entries()) {
      expect(Math.abs((counts[i] ?? 0) / 50_000 - share)).toBeLessThan(0.03);
    }
  });

  it('is as even with weights of thousandths and of thousands', () => {
    for (const scale of [0.001, 1000]) {
      const counts = countsOf(new Ring(membersOf(scale, scale, scale), 160), 3, 20_000);
      for (const count of counts) expect(Math.abs(count / 20_000 - 1 / 3)).toBeLessThan(0.06);
    }
  });

  it('gives a member that gains weight keys of others, and moves no other', () => {
    const [before, after] = [new Ring(membersOf(1, 1, 1), 160), new Ring(membersOf(1, 2, 1), 160)];
    for (let i = 0; i < 2000; i++) {
      const hash = hash32(`key ${i}`);
      if (after.owner(hash) !== 1) expect(after.owner(hash)).toBe(before.owner(hash));
    }
  });

  it('goes by ids, not by order', () => {
    const members = membersOf(1, 3, 2);
    const turned = members.toReversed();
    const [one, other] = [new Ring(members, 40), new Ring(turned, 40)];
    for (let i = 0; i < 500; i++) {
      const hash = hash32(`key ${i}`);
      expect(turned[other.owner(hash)]).toBe(members[one.owner(hash)]);
    }
    expect([...inOrderOfId(turned)]).toEqual([2, 1, 0]);
  });
});
