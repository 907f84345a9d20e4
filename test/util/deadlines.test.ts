import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadlines } from '../../lib/util/deadlines.js';

interface Taker {
  weight: number;
}

const takersOf = (...weights: number[]): Taker[] => weights.map((weight) => ({ weight }));

function run(deadlines: Deadlines<Taker>, takers: readonly Taker[], times: number): number[] {
  return Array.from({ length: times }, () => deadlines.take(takers));
}

const countsOf = (picked: readonly number[], size: number): number[] =>
  Array.from({ length: size }, (_, i) => picked.filter((index) => index === i).length);

describe('deadlines', () => {
  it('go round among equals', () => {
    expect(run(new Deadlines(), takersOf(1, 1, 1), 7)).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });

  it('spread the heavy: 5, 1, 1', () => {
    expect(run(new Deadlines(), takersOf(5, 1, 1), 7)).toEqual([0, 0, 0, 1, 2, 0, 0]);
  });

  it('give each exactly its weight in every round', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 }), (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight);
        const deadlines = new Deadlines<Taker>();
        const takers = takersOf(...weights);
        for (let round = 0; round < 3; round++) {
          expect(countsOf(run(deadlines, takers, total), weights.length)).toEqual(weights);
        }
      }),
    );
  });

  it('keep everyone within a request or so of its share at any time, whatever the weights', () => {
    const arbitrary = fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(arbitrary, fc.integer({ min: 1, max: 300 }), (weights, times) => {
        const total = weights.reduce((sum, weight) => sum + weight);
        const counts = countsOf(run(new Deadlines(), takersOf(...weights), times), weights.length);
        for (const [i, weight] of weights.entries()) {
          // Half a request for each of the others' rounding, shared out by weight.
          const slack = 1 + (weights.length * weight) / total / 2;
          expect(Math.abs((counts[i] ?? 0) - (times * weight) / total)).toBeLessThanOrEqual(slack);
        }
      }),
    );
  });

  it('are kept when the list changes, and follow new weights', () => {
    const deadlines = new Deadlines<Taker>();
    const takers = takersOf(1, 1, 1, 1);
    expect(run(deadlines, takers, 2)).toEqual([0, 1]);
    expect(run(deadlines, [...takers], 4)).toEqual([2, 3, 0, 1]);
    for (const taker of takers.slice(0, 1)) taker.weight = 3;
    expect(countsOf(run(deadlines, [...takers], 60), 4)).toEqual([30, 10, 10, 10]);
  });

  it('can be looked at', () => {
    const deadlines = new Deadlines<Taker>();
    const takers = takersOf(2, 1, 3, 1);
    for (let i = 0; i < 40; i++) {
      const list = i % 9 === 0 ? takers.slice(1) : takers;
      const seen = deadlines.peek(list);
      deadlines.peek(takers.toReversed());
      expect(deadlines.take(list)).toBe(seen);
    }
  });
});
