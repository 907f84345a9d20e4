import { expect, it } from 'vitest';
import { generate, replay } from '../../lib/simulate/workload.js';

const keys = { kind: 'uniform', count: 50 } as const;

it('is the same for the same seed', () => {
  const spec = { arrivals: { kind: 'poisson', perSecond: 100 }, keys } as const;
  expect(generate(spec, 500, 3)).toEqual(generate(spec, 500, 3));
  expect(generate(spec, 500, 3).at).not.toEqual(generate(spec, 500, 4).at);
});

it('Poisson: 100,000 arrivals, gaps with mean and deviation within 2 % of theory', () => {
  const { at } = generate({ arrivals: { kind: 'poisson', perSecond: 200 }, keys }, 100_000, 1);
  const gaps = at.map((time, i) => time - (i === 0 ? 0 : (at[i - 1] ?? 0)));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  expect(Math.abs(mean / 5 - 1)).toBeLessThan(0.02);
  expect(Math.abs(deviation / 5 - 1)).toBeLessThan(0.02);
});

it('constant: evenly spaced', () => {
  const { at } = generate({ arrivals: { kind: 'constant', perSecond: 500 }, keys }, 4, 1);
  expect([...at]).toEqual([2, 4, 6, 8]);
});

it('refuses a rate of nothing', () => {
  expect(() => generate({ arrivals: { kind: 'poisson', perSecond: 0 }, keys }, 1, 1)).toThrow(RangeError);
});

it('replays a trace: its times, its keys, and keys of the scenario where it has none', () => {
  const trace = [
    { at: 0, key: 'a' },
    { at: 5, key: 'b' },
    { at: 6, key: 'a' },
    { at: 9, key: '' },
  ];
  const work = replay(trace, keys, 10, 1);
  expect([...work.at]).toEqual([0, 5, 6, 9]);
  expect([...work.key].map((key) => work.keys[key])).toEqual(['a', 'b', 'a', expect.stringMatching(/^10\./)]);
  expect(replay(trace, keys, 2, 1).at).toHaveLength(2);
});
