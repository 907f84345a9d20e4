import { expect, it } from 'vitest';
import { seededRandom } from '../../lib/simulate/seeded.js';

const draws = (seed: number, stream: string, count: number): number[] => {
  const random = seededRandom(seed, stream);
  return Array.from({ length: count }, () => random());
};

it('gives the same sequence for the same seed and stream, another for another', () => {
  expect(draws(7, 'work', 100)).toEqual(draws(7, 'work', 100));
  expect(draws(7, 'work', 100)).not.toEqual(draws(8, 'work', 100));
  expect(draws(7, 'work', 100)).not.toEqual(draws(7, 'keys', 100));
  expect(draws(2 ** 32 + 7, 'work', 100)).not.toEqual(draws(7, 'work', 100));
});

it('is even: 100,000 draws from 0 to 1, each of 10 tenths within 3 % of its share', () => {
  for (const seed of [0, 1, 2, 2 ** 40]) {
    const counts = new Float64Array(10);
    for (const draw of draws(seed, 'work', 100_000)) {
      const tenth = Math.floor(10 * draw);
      counts[tenth] = (counts[tenth] ?? 0) + 1;
    }
    // The standard deviation is 95.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(300);
    expect(counts).toHaveLength(10);
  }
});

it('has no memory: 100,000 pairs, correlation below 1 %', () => {
  const all = draws(3, 'work', 100_001);
  const product = all.slice(1).reduce((sum, draw, i) => sum + (draw - 0.5) * ((all[i] ?? 0) - 0.5), 0);
  // Of independent draws the standard deviation is 0.3 %.
  expect(Math.abs((12 * product) / 100_000)).toBeLessThan(0.01);
});
