import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Ranks } from '../../../lib/resilience/limits/ranks.js';

it('the lowest is the one that came last of the lowest priority, if that is below', () => {
  const ranks = new Ranks<string>();
  expect(ranks.lowestBelow(Number.POSITIVE_INFINITY)).toBeUndefined();
  ranks.add(1, 'a');
  const leave = ranks.add(0, 'b');
  ranks.add(0, 'c');
  expect([ranks.lowestBelow(0), ranks.lowestBelow(0.5), ranks.lowestBelow(-1)]).toEqual([undefined, 'c', undefined]);
  leave();
  expect(ranks.lowestBelow(1)).toBe('c');
});

it('is so whoever comes and leaves', () => {
  const step = fc.oneof(fc.record({ add: fc.integer({ min: -3, max: 3 }) }), fc.nat(10));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const ranks = new Ranks<number>();
      const there: { priority: number; i: number; leave: () => void }[] = [];
      for (const [i, what] of steps.entries()) {
        if (typeof what === 'object') there.push({ priority: what.add, i, leave: ranks.add(what.add, i) });
        else there.splice(what, 1)[0]?.leave();
        const least = Math.min(...there.map(({ priority }) => priority));
        const last = there.filter(({ priority }) => priority === least).at(-1)?.i;
        expect(ranks.lowestBelow(9)).toBe(last);
        expect(ranks.lowestBelow(least)).toBeUndefined();
      }
    }),
  );
});
