import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tournament } from '../../lib/util/tournament.js';

/** By asking everyone. */
function firstOf(rank: Float64Array, tie: Float64Array): number {
  let best = 0;
  for (let i = 1; i < rank.length; i++) {
    const [r, b] = [rank[i] ?? 0, rank[best] ?? 0];
    if (r < b || (r === b && (tie[i] ?? 0) < (tie[best] ?? 0))) best = i;
  }
  return best;
}

describe('tournament', () => {
  it('has nobody first of none', () => {
    expect(new Tournament(new Float64Array(0), new Float64Array(0)).first).toBe(-1);
  });

  it('always has first whom asking everyone finds', () => {
    const size = fc.integer({ min: 1, max: 40 });
    const changes = fc.array(fc.tuple(fc.nat(39), fc.nat(4), fc.nat(4)), { maxLength: 60 });
    fc.assert(
      fc.property(size, changes, (count, list) => {
        const rank = new Float64Array(count);
        const tie = new Float64Array(count);
        const tournament = new Tournament(rank, tie);
        for (const [at, newRank, newTie] of list) {
          const index = at % count;
          rank[index] = newRank;
          tie[index] = newTie;
          tournament.changed(index);
          expect(tournament.first).toBe(firstOf(rank, tie));
        }
      }),
    );
  });
});
