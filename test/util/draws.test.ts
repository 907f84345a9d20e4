import { describe, expect, it } from 'vitest';
import { Draws } from '../../lib/util/draws.js';
import { scriptedRandom, seededRandom } from '../support/random.js';

describe('draws', () => {
  it('are whole numbers below the bound, in the order of chance', () => {
    const draws = new Draws(scriptedRandom(0, 0.5, 1 - Number.EPSILON / 2));
    expect([draws.take(10), draws.take(10), draws.take(10)]).toEqual([0, 5, 9]);
  });

  it('ask chance no more often than they are taken', () => {
    const draws = new Draws(scriptedRandom(0.5));
    expect(draws.take(2)).toBe(1);
    expect(() => draws.take(2)).toThrow('scripted');
  });

  it('that were seen come next, whatever was seen and how often', () => {
    const plain = new Draws(seededRandom(3));
    const seen = new Draws(seededRandom(3));
    for (let i = 0; i < 500; i++) {
      for (let look = 0; look < i % 5; look++) seen.peek((i * 7) % 40, 1000);
      const shown = i % 3 === 0 ? seen.peek(0, 1000) : undefined;
      const taken = seen.take(1000);
      expect(taken).toBe(plain.take(1000));
      if (shown !== undefined) expect(shown).toBe(taken);
    }
  });
});
