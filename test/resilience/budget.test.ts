import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../lib/resilience/budget.js';

const WINDOW = 10_000;
const budget = (ratio: number, minPerSecond: number) => new Budget({ ratio, minPerSecond, window: WINDOW });

/** How many can be taken out at this moment. */
function drained(of: Budget, now: number): number {
  let count = 0;
  while (of.spend(now) !== undefined) count++;
  return count;
}

describe('a budget', () => {
  it('has a reserve for its window before anything is earned', () => {
    expect(drained(budget(0.2, 10), 0)).toBe(100);
  });

  it('earns a share of a retry with each request', () => {
    const of = budget(0.2, 0);
    for (let i = 0; i < 50; i++) of.earn(0);
    expect(drained(of, 0)).toBe(10);
  });

  it.each([0.1, 0.3, 0.7])('loses nothing to the rounding of %d', (ratio) => {
    const of = budget(ratio, 0);
    for (let i = 0; i < 1000; i++) of.earn(0);
    expect(drained(of, 0)).toBe(1000 * ratio);
  });

  it('forgets what was earned, and what was spent, after its window', () => {
    const of = budget(0.5, 1);
    for (let i = 0; i < 20; i++) of.earn(0);
    expect(drained(of, 0)).toBe(20);
    expect(drained(of, 9_999)).toBe(0);
    expect(drained(of, 10_000)).toBe(10);
    expect(drained(of, 1e9)).toBe(10);
  });

  it('takes back what has cost nothing, and for what is forgotten already nothing more', () => {
    const of = budget(0, 0.3);
    const [first, second] = [of.spend(0), of.spend(0)];
    of.spend(0);
    expect(of.spend(0)).toBeUndefined();
    of.giveBack(first ?? -1, 5_000);
    expect(drained(of, 5_000)).toBe(1);
    of.giveBack(second ?? -1, 10_000);
    expect(drained(of, 10_000)).toBe(2);
    expect(drained(of, 15_000)).toBe(1);
  });

  it('with nothing to earn and no reserve has nothing', () => {
    const of = budget(0, 0);
    of.earn(0);
    expect(of.spend(0)).toBeUndefined();
  });

  it('never allows more than reserve and share of any window', () => {
    const step = fc.record({ after: fc.integer({ min: 0, max: 3_000 }), earns: fc.nat(20), spends: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const of = budget(0.2, 1);
        const spent: number[] = [];
        let [now, requests] = [0, 0];
        for (const { after, earns, spends } of steps) {
          now += after;
          for (let i = 0; i < earns; i++) of_earn();
          for (let i = 0; i < spends; i++) if (of.spend(now) !== undefined) spent.push(now);
        }
        function of_earn(): void {
          requests++;
          of.earn(now);
        }
        // Slots of a tenth: what was spent is remembered for at least nine of them.
        const worst = Math.max(0, ...spent.map((at) => spent.filter((t) => t > at - 9_000 && t <= at).length));
        expect(worst).toBeLessThanOrEqual(10 + Math.ceil(0.2 * requests));
      }),
      { numRuns: 200, seed: 7 },
    );
  });
});
