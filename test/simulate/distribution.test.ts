import { describe, expect, it } from 'vitest';
import { type Distribution, normalQuantile, quantileOf } from '../../lib/simulate/distribution.js';
import { seededRandom } from '../../lib/simulate/seeded.js';

function mean(distribution: Distribution, draws = 200_000): number {
  const quantile = quantileOf(distribution);
  const random = seededRandom(1, 'test');
  let sum = 0;
  for (let i = 0; i < draws; i++) sum += quantile(random());
  return sum / draws;
}

describe('quantileOf', () => {
  it.each<[Distribution, number]>([
    [{ kind: 'constant', ms: 12 }, 12],
    [{ kind: 'uniform', from: 10, to: 30 }, 20],
    [{ kind: 'exponential', mean: 20 }, 20],
    [{ kind: 'lognormal', median: 20, sigma: 0.5 }, 20 * Math.exp(0.125)],
    [
      {
        kind: 'percentiles',
        points: [
          [0, 10],
          [50, 20],
          [100, 120],
        ],
      },
      15 / 2 + 70 / 2,
    ],
  ])('%o: 200,000 draws, mean within 1 %% of %f', (distribution, expected) => {
    expect(Math.abs(mean(distribution) / expected - 1)).toBeLessThan(0.01);
  });

  it('says what a share stays below', () => {
    expect(quantileOf({ kind: 'exponential', mean: 10 })(0.5)).toBeCloseTo(10 * Math.LN2);
    expect(quantileOf({ kind: 'lognormal', median: 20, sigma: 0.5 })(0.5)).toBeCloseTo(20);
    expect(quantileOf({ kind: 'lognormal', median: 20, sigma: 0.5 })(0.99)).toBeCloseTo(
      20 * Math.exp(0.5 * 2.326348),
      3,
    );
    const measured = quantileOf({
      kind: 'percentiles',
      points: [
        [50, 20],
        [90, 60],
        [99, 100],
      ],
    });
    expect([0, 0.5, 0.7, 0.9, 0.999].map(measured)).toEqual([20, 20, 40, 60, 100].map((ms) => expect.closeTo(ms, 6)));
  });

  it('stays finite at the ends', () => {
    for (const kind of [
      { kind: 'exponential', mean: 1 },
      { kind: 'lognormal', median: 1, sigma: 1 },
    ] as const) {
      for (const luck of [0, 2 ** -32, 1 - 2 ** -32]) expect(Number.isFinite(quantileOf(kind)(luck))).toBe(true);
    }
  });

  it.each<Distribution>([
    { kind: 'constant', ms: 0 },
    { kind: 'constant', ms: Number.NaN },
    { kind: 'uniform', from: 5, to: 4 },
    { kind: 'exponential', mean: -1 },
    { kind: 'lognormal', median: 20, sigma: -1 },
    { kind: 'percentiles', points: [] },
    {
      kind: 'percentiles',
      points: [
        [50, 20],
        [40, 30],
      ],
    },
    {
      kind: 'percentiles',
      points: [
        [50, 20],
        [90, 10],
      ],
    },
  ])('refuses %o', (distribution) => {
    expect(() => quantileOf(distribution)).toThrow(RangeError);
  });
});

it('normalQuantile is that of the tables', () => {
  expect([0.5, 0.8413447, 0.975, 0.01, 0.0001].map(normalQuantile)).toEqual(
    [0, 1, 1.959964, -2.326348, -3.719016].map((z) => expect.closeTo(z, 5)),
  );
});
