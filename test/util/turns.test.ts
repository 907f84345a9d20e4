import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Turns } from '../../lib/util/turns.js';

interface Taker {
  readonly name: string;
  readonly weight: number;
}

const takersOf = (...weights: number[]): Taker[] =>
  weights.map((weight, i) => ({ name: String.fromCharCode(97 + i), weight }));

/** Lets whoever is first take its turn. */
function next(turns: Turns<Taker>, takers: readonly Taker[]): string {
  turns.adopt(takers);
  let first = 0;
  for (let i = 1; i < takers.length; i++) if (turns.before(i, first)) first = i;
  turns.take(first);
  return takers[first]?.name ?? '';
}

const run = (turns: Turns<Taker>, takers: readonly Taker[], times: number): string =>
  Array.from({ length: times }, () => next(turns, takers)).join('');

describe('turns', () => {
  it('go round among equals', () => {
    expect(run(new Turns(), takersOf(1, 1, 1), 7)).toBe('abcabca');
  });

  it('come as often as weights say', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }), (weights) => {
        const rounds = 5;
        const total = weights.reduce((sum, weight) => sum + weight);
        const taken = run(new Turns(), takersOf(...weights), total * rounds);
        for (const [i, weight] of weights.entries()) {
          const count = taken.split(String.fromCharCode(97 + i)).length - 1;
          // Not exact: sums of 1 / weight are rounded, so a tie may fall either way at the end.
          expect(Math.abs(count - weight * rounds)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('of one who was passed over for long are not all made up for: of its next 40, b still gets 10', () => {
    const turns = new Turns<Taker>();
    const both = takersOf(1, 1);
    turns.adopt(both);
    // a is busy: b takes a hundred times although it is not its turn.
    for (let i = 0; i < 100; i++) turns.take(1);
    const next40 = run(turns, both, 40);
    expect(next40[0]).toBe('a');
    expect(next40.split('b').length - 1).toBeGreaterThanOrEqual(10);
  });

  it('with slack may be caught up on, so many and no more', () => {
    const turns = new Turns<Taker>(5);
    const both = takersOf(1, 1);
    turns.adopt(both);
    for (let i = 0; i < 100; i++) turns.take(1);
    // One that is due, five that were missed, one more where both are level.
    expect(run(turns, both, 12)).toMatch(/^a{6,7}b/);
  });

  it('of a newcomer begin now, not at the beginning', () => {
    const turns = new Turns<Taker>();
    const [a, b, c] = takersOf(1, 1, 1) as [Taker, Taker, Taker];
    run(turns, [a, b], 100);
    expect(run(turns, [a, b, c], 6).split('c').length - 1).toBe(2);
  });

  it('of a newcomer leave nothing to catch up on, whatever the slack', () => {
    const turns = new Turns<Taker>(50);
    const [a, b, c] = takersOf(1, 1, 1) as [Taker, Taker, Taker];
    run(turns, [a, b], 100);
    expect(run(turns, [a, b, c], 30).split('c').length - 1).toBeLessThanOrEqual(11);
  });

  it('are kept for one who is away', () => {
    const turns = new Turns<Taker>();
    const takers = takersOf(1, 1, 1);
    expect(run(turns, takers, 1)).toBe('a');
    // A retry asks the others only, with a list of its own.
    expect(run(turns, takers.slice(1), 1)).toBe('b');
    expect(run(turns, takers, 3)).toBe('cab');
  });

  it('do not mind an empty list', () => {
    const turns = new Turns<Taker>();
    turns.adopt([]);
    expect(run(turns, takersOf(1, 1), 2)).toBe('ab');
  });

  it('can be read without being disturbed, of the takers and of others', () => {
    const turns = new Turns<Taker>();
    const takers = takersOf(1, 1, 1);
    run(turns, takers, 4);
    expect([...turns.points(takers)]).toEqual([2, 1, 1]);
    const stranger: Taker = { name: 'd', weight: 1 };
    expect([...turns.points([stranger, ...takers.slice(1)])]).toEqual([1, 1, 1]);
    expect(run(turns, takers, 3)).toBe('bca');
  });

  it('after a change of weights are by the new ones at once: b does not wait for 10,000 turns of a', () => {
    const turns = new Turns<{ name: string; weight: number }>();
    const both = [
      { name: 'a', weight: 1 },
      { name: 'b', weight: 0.0001 },
    ];
    run(turns, both, 10);
    for (const taker of both) taker.weight = 1;
    const changed = [...both];
    const looked = [...turns.points(changed)];
    turns.adopt(changed);
    expect([...turns.points(changed)]).toEqual(looked);
    const taken = run(turns, changed, 100);
    expect(taken.split('b').length - 1).toBeGreaterThanOrEqual(49);
  });
});
