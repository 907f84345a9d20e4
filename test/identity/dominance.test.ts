import { describe, expect, it } from 'vitest';
import { DominanceWatch } from '../../lib/identity/dominance.js';
import { seededRandom } from '../support/random.js';

/** What is told when each minute's requests come from these addresses, spread over the minute. */
function told(backends: number, ...minutes: readonly (readonly string[])[]): string[] {
  const warnings: string[] = [];
  const watch = new DominanceWatch((address, share) => warnings.push(`${address} ${share.toFixed(2)}`));
  [...minutes, ['the end']].forEach((addresses, minute) => {
    addresses.forEach((address, i) => {
      watch.saw(address, minute * 60_000 + (i * 60_000) / addresses.length, backends);
    });
  });
  return warnings;
}

const times = (count: number, address: string): string[] => Array(count).fill(address);
const others = (count: number): string[] => Array.from({ length: count }, (_, i) => `10.0.${i >> 8}.${i & 255}`);

function shuffled(list: readonly string[], seed: number): string[] {
  const random = seededRandom(seed);
  return list
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

describe('one address', () => {
  it('that makes all requests is told, once', () => {
    expect(told(3, times(31, 'proxy'), times(31, 'proxy'), times(31, 'proxy'))).toEqual(['proxy 1.00']);
  });

  it('that makes two thirds is told, in whatever order they come', () => {
    for (let seed = 0; seed < 50; seed++) {
      const minute = shuffled([...times(200, 'proxy'), ...others(100)], seed);
      expect(told(10, minute, minute)).toEqual([expect.stringMatching(/^proxy 0\.[56]/)]);
    }
  });

  it('that makes no more than half is not', () => {
    for (let seed = 0; seed < 50; seed++) {
      const minute = shuffled([...times(150, 'proxy'), ...others(150)], seed);
      expect(told(10, minute, minute, minute)).toEqual([]);
    }
  });

  it('is not told of among few requests, nor with one backend', () => {
    expect(told(3, times(30, 'proxy'), times(30, 'proxy'))).toEqual([]);
    expect(told(1, times(1000, 'proxy'))).toEqual([]);
  });

  it('is not told of for what it made in two minutes together', () => {
    expect(told(3, times(20, 'proxy'), times(20, 'proxy'), times(20, 'proxy'))).toEqual([]);
  });
});
