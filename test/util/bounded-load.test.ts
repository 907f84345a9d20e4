import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withinBound } from '../../lib/util/bounded-load.js';

const loads = fc.array(fc.record({ active: fc.nat(30), weight: fc.double({ min: 0.1, max: 8, noNaN: true }) }), {
  minLength: 1,
  maxLength: 12,
});

describe('within its bound', () => {
  it('is whoever is chosen, for any loads and factors', () => {
    fc.assert(
      fc.property(loads, fc.double({ min: 1, max: 3, noNaN: true }), fc.nat(2 ** 32 - 1), (members, factor, hash) => {
        const chosen = members[withinBound(members, factor, (next) => next % members.length, hash)];
        const active = members.reduce((sum, member) => sum + member.active, 0);
        const weights = members.reduce((sum, { weight }) => sum + weight, 0);
        const slots = Math.ceil((active + 1) * factor);
        const own = Math.max(1, Math.ceil((slots * (chosen?.weight ?? 0)) / weights));
        expect(chosen?.active).toBeLessThan(own);
      }),
    );
  });

  it('the owner keeps its keys while it has room', () => {
    const members = [
      { active: 1, weight: 1 },
      { active: 0, weight: 1 },
    ];
    expect(withinBound(members, 1.5, () => 0, 9)).toBe(0);
    expect(withinBound(members, 1, () => 0, 9)).toBe(1);
  });

  it('where no jump finds room, whoever has most takes it', () => {
    const members = [9, 3, 1].map((active) => ({ active, weight: 1 }));
    expect(withinBound(members, 1, () => 0, 9)).toBe(2);
  });
});
