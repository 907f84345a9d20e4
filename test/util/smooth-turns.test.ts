import { describe, expect, it } from 'vitest';
import { SmoothTurns } from '../../lib/util/smooth-turns.js';

describe('smooth turns', () => {
  const takers = [5, 1, 1].map((weight) => ({ weight }));

  it('of 5, 1, 1 are a a b a c a a', () => {
    const turns = new SmoothTurns();
    expect(Array.from({ length: 7 }, () => turns.take(takers))).toEqual([0, 0, 1, 0, 2, 0, 0]);
  });

  it('can be looked at, in another list too', () => {
    const turns = new SmoothTurns();
    for (let i = 0; i < 20; i++) {
      const seen = turns.peek(takers);
      turns.peek(takers.slice(1));
      expect(turns.take(takers)).toBe(seen);
    }
  });

  it('after a change of weights are by the new ones at once: nobody has hundreds of turns to make up for', () => {
    const turns = new SmoothTurns<{ readonly weight: number }>();
    const heavy = { weight: 1000 };
    const both = [heavy, { weight: 1 }];
    for (let i = 0; i < 500; i++) turns.take(both);
    heavy.weight = 1;
    const changed = [...both];
    const seen = turns.peek(changed);
    const taken = Array.from({ length: 100 }, () => turns.take(changed));
    expect(taken[0]).toBe(seen);
    expect(taken.filter((index) => index === 0).length).toBeGreaterThanOrEqual(49);
  });
});
