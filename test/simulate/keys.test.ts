import { expect, it } from 'vitest';
import { type KeySpec, keyName, keySampler } from '../../lib/simulate/keys.js';
import { seededRandom } from '../../lib/simulate/seeded.js';

const N = 100_000;

function counts(spec: KeySpec): number[] {
  const sample = keySampler(spec, seededRandom(1, 'keys'));
  const found = Array.from({ length: spec.count }, () => 0);
  for (let i = 0; i < N; i++) {
    const key = sample();
    found[key] = (found[key] ?? Number.NaN) + 1;
  }
  return found;
}

it('uniform: 100,000 draws, each of 10 keys within 3 % of its share', () => {
  for (const count of counts({ kind: 'uniform', count: 10 })) expect(Math.abs(count - N / 10)).toBeLessThan(300);
});

it('Zipf: 100,000 draws, the first of 100 keys k times as often as the k-th, within 5 %', () => {
  const found = counts({ kind: 'zipf', count: 100, exponent: 1 });
  for (const k of [2, 3, 5]) expect(Math.abs((found[0] ?? 0) / (found[k - 1] ?? 0) / k - 1)).toBeLessThan(0.05);
  expect(found.reduce((sum, count) => sum + count)).toBe(N);
});

it('hot: 100,000 draws, the hot key within 1 % of 30 % of all, the others alike', () => {
  const [hot = 0, ...others] = counts({ kind: 'hot', count: 11, share: 0.3 });
  expect(Math.abs(hot / N - 0.3)).toBeLessThan(0.01);
  for (const count of others) expect(Math.abs(count / N - 0.07)).toBeLessThan(0.005);
});

it('one key alone is drawn always', () => {
  expect(counts({ kind: 'hot', count: 1, share: 0 })).toEqual([N]);
});

it('refuses what is no distribution', () => {
  const random = seededRandom(1);
  expect(() => keySampler({ kind: 'uniform', count: 0 }, random)).toThrow(/count/);
  expect(() => keySampler({ kind: 'hot', count: 5, share: 2 }, random)).toThrow(/share/);
});

it('names are addresses, each number another one', () => {
  expect(keyName(0)).toBe('10.0.0.0');
  expect(keyName(66_051)).toBe('10.1.2.3');
});
