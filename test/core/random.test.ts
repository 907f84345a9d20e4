import { describe, expect, it } from 'vitest';
import { type Random, systemId, systemRandom } from '../../lib/core/random.js';
import { scriptedRandom, seededRandom } from '../support/random.js';

const sources: [string, Random][] = [
  ['systemRandom', systemRandom],
  ['seededRandom', seededRandom(1)],
];

describe.each(sources)('%s', (_name, random) => {
  it('stays in [0, 1) and is even: 100,000 draws, each tenth within 3 %', () => {
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const value = random();
      if (!(value >= 0 && value < 1)) throw new Error(`${value} is out of range`);
      const tenth = Math.floor(value * 10);
      counts[tenth] = (counts[tenth] ?? 0) + 1;
    }
    // The standard deviation is 95: 500 is over five of it.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});

it('a seed gives the same sequence again, another seed another', () => {
  const draw = (seed: number): number[] => Array.from({ length: 20 }, seededRandom(seed));
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

it('a script gives what it says and no more', () => {
  const random = scriptedRandom(0.25, 0);
  expect([random(), random()]).toEqual([0.25, 0]);
  expect(random).toThrow(/only 2/);
});

it('an id is another each time', () => {
  expect(new Set(Array.from({ length: 100 }, systemId)).size).toBe(100);
});
