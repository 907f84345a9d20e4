import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { POINTS, Shares } from '../../lib/util/shares.js';

describe('shares', () => {
  it('each point has the holder that adding up weights finds', () => {
    const weights = fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(weights, fc.array(fc.nat(POINTS - 1), { minLength: 1, maxLength: 40 }), (list, points) => {
        const shares = new Shares(list.map((weight) => ({ weight })));
        const total = list.reduce((sum, weight) => sum + weight);
        for (const point of [...points, 0, POINTS - 1]) {
          const holder = shares.holder(point);
          const upTo = (count: number): number =>
            (list.slice(0, count).reduce((sum, weight) => sum + weight, 0) / total) * POINTS;
          expect(point).toBeGreaterThanOrEqual(Math.floor(upTo(holder)) - 1);
          expect(point).toBeLessThanOrEqual(Math.ceil(upTo(holder + 1)));
        }
      }),
    );
  });
});
