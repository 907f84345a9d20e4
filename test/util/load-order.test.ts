import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoadOrder } from '../../lib/util/load-order.js';

interface Member {
  active: number;
  weight: number;
}

const loadOf = ({ active, weight }: Member): number => active / weight;

describe('load order', () => {
  it('has the least loaded first, whatever moves, one at a time or by more', () => {
    const members = fc.array(fc.record({ active: fc.nat(20), weight: fc.constantFrom(1, 2, 3, 0.5) }), {
      minLength: 1,
      maxLength: 30,
    });
    const moves = fc.array(fc.tuple(fc.nat(29), fc.integer({ min: -40, max: 40 })), { maxLength: 60 });
    fc.assert(
      fc.property(members, moves, (list, changes) => {
        const all = list.map((member) => ({ ...member }));
        const order = new LoadOrder<Member>(all, new Float64Array(all.length));
        for (const [at, by] of changes) {
          const member = all[at % all.length] as Member;
          member.active = Math.max(0, member.active + by);
          order.changed(member);
          expect(loadOf(all[order.first()] as Member)).toBe(Math.min(...all.map(loadOf)));
        }
      }),
    );
  });

  it('takes equals in turn, those of another weight by their points', () => {
    const members = [1, 1, 1].map((weight): Member => ({ active: 0, weight }));
    const points = new Float64Array(3);
    const order = new LoadOrder(members, points);
    const picked = Array.from({ length: 6 }, () => {
      const index = order.first();
      points[index] = (points[index] ?? 0) + 1;
      order.moved(index);
      return index;
    });
    expect(picked).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it('begins with whose turn it is', () => {
    const members = [1, 1, 1].map((weight): Member => ({ active: 0, weight }));
    expect(new LoadOrder(members, Float64Array.of(3, 2, 5)).first()).toBe(1);
  });

  it('notices one that has become busier although nobody said so, where it would have come first', () => {
    const members = [1, 1].map((weight): Member => ({ active: 0, weight }));
    const order = new LoadOrder(members, new Float64Array(2));
    for (const member of members.slice(0, 1)) member.active = 50;
    expect(order.first()).toBe(1);
  });

  it('does not mind a stranger', () => {
    const order = new LoadOrder<Member>([{ active: 0, weight: 1 }], new Float64Array(1));
    order.changed({ active: 5, weight: 1 });
    expect(order.first()).toBe(0);
  });
});
