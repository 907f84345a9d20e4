import { describe, expect, it } from 'vitest';
import { isPrime, MaglevTable } from '../../lib/util/maglev-table.js';

const membersOf = (...weights: number[]) => weights.map((weight, i) => ({ id: `backend ${i}`, weight }));

/** Whose each slot is: a hash for the middle of each. */
function slotsOf(table: MaglevTable, size: number): number[] {
  return Array.from({ length: size }, (_, slot) => table.owner(Math.floor(((slot + 0.5) / size) * 2 ** 32)));
}

describe('maglev table', () => {
  it('shares slots to within two among equals', () => {
    const slots = slotsOf(new MaglevTable(membersOf(1, 1, 1, 1, 1, 1, 1), 1009), 1009);
    for (let member = 0; member < 7; member++) {
      const count = slots.filter((owner) => owner === member).length;
      expect(Math.abs(count - 1009 / 7)).toBeLessThan(2);
    }
  });

  it('shares slots by weight to within 1 %', () => {
    const slots = slotsOf(new MaglevTable(membersOf(1, 2, 4, 0.5), 10_007), 10_007);
    for (const [member, weight] of [1, 2, 4, 0.5].entries()) {
      const count = slots.filter((owner) => owner === member).length;
      expect(Math.abs(count / 10_007 - weight / 7.5)).toBeLessThan(0.01);
    }
  });

  it('leaves most slots as they are when one of 10 leaves: the paper has a few percent beyond its own', () => {
    const members = membersOf(...new Array<number>(10).fill(1));
    const before = slotsOf(new MaglevTable(members, 65_537), 65_537);
    const after = slotsOf(new MaglevTable(members.slice(0, 9), 65_537), 65_537);
    const moved = before.filter((owner, slot) => owner !== 9 && after[slot] !== owner).length;
    expect(moved / 65_537).toBeLessThan(0.05);
  });

  it('has the highest and the lowest hash', () => {
    const table = new MaglevTable(membersOf(1, 1), 251);
    for (const hash of [0, 2 ** 32 - 1]) expect([0, 1]).toContain(table.owner(hash));
  });
});

it.each([
  [2, true],
  [3, true],
  [251, true],
  [65_537, true],
  [5_000_011, true],
  [1, false],
  [0, false],
  [-7, false],
  [65_536, false],
  [7.5, false],
  [Number.NaN, false],
])('%d is prime: %s', (size, prime) => {
  expect(isPrime(size)).toBe(prime);
});
