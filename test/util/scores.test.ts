import { describe, expect, it } from 'vitest';
import { Scores } from '../../lib/util/scores.js';

const shares = { latency: 0.4, errors: 0.4, load: 0.2 };

function rated(...rows: readonly [latency: number, errors: number, load: number][]): Scores {
  const scores = new Scores(shares);
  scores.begin(rows.length);
  for (const [i, row] of rows.entries()) scores.rate(i, ...row);
  return scores;
}

describe('scores', () => {
  it('are 0 where nobody has anything', () => {
    const scores = rated([0, 0, 0], [-1, 0, 0]);
    expect([scores.of(0), scores.of(1)]).toEqual([0, 0]);
  });

  it('are relative to the worst', () => {
    const scores = rated([10, 0, 4], [40, 0.5, 1]);
    expect(scores.of(0)).toBeCloseTo(0.1 + 0.2);
    expect(scores.of(1)).toBeCloseTo(0.4 + 0.4 + 0.05);
  });

  it('take an unknown latency for the best, and small error rates for what they are', () => {
    const scores = rated([10, 0, 0], [40, 0.01, 0], [-1, 0, 0]);
    expect(scores.of(2)).toBeCloseTo(0.1);
    expect(scores.of(1)).toBeCloseTo(0.4 + 0.4 * 0.2);
  });

  it('the lowest is found, and of equals the one whose point is lower', () => {
    expect(rated([30, 0, 0], [10, 0, 0], [20, 0, 0]).lowest(3, new Float64Array(3))).toBe(1);
    expect(rated([10, 0, 0], [10, 0, 0], [10, 0, 0]).lowest(3, Float64Array.of(2, 1, 3))).toBe(1);
  });
});
