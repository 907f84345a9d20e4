import { describe, expect, it } from 'vitest';
import { createStrategy } from '../../lib/strategies/spec.js';
import { backendsOf, contextOf } from '../core/fakes.js';
import { scriptedRandom, seededRandom } from '../support/random.js';

const context = contextOf();

function pickAt(point: number, ...weights: number[]): string {
  return createStrategy('random', { random: scriptedRandom(point) }).pick(backendsOf(...weights), context).id;
}

describe('random', () => {
  it.each([
    [0, 'a'],
    [0.3333, 'a'],
    [0.3334, 'b'],
    [0.6667, 'c'],
    [1 - Number.EPSILON / 2, 'c'],
  ])('with equal weights takes %d for %s', (point, id) => {
    expect(pickAt(point, 2, 2, 2)).toBe(id);
  });

  it.each([
    [0, 'a'],
    [0.4999, 'a'],
    [0.5, 'b'],
    [0.7499, 'b'],
    [0.75, 'c'],
    [1 - Number.EPSILON / 2, 'c'],
  ])('with weights 2, 1, 1 takes %d for %s', (point, id) => {
    expect(pickAt(point, 2, 1, 1)).toBe(id);
  });

  it('does not lose its way in weights that no sum gets right', () => {
    const weights = Array.from({ length: 20 }, () => 0.1);
    expect(pickAt(1 - Number.EPSILON / 2, ...weights, 0.2)).toBe('u');
  });

  it('honours weights from 1 to 1000: 100,000 picks, each share within 1.5 % of all', () => {
    const strategy = createStrategy('random', { random: seededRandom(3) });
    const backends = backendsOf(1, 1000, 10, 500);
    const counts = new Map<string, number>();
    for (let i = 0; i < 100_000; i++) {
      const { id } = strategy.pick(backends, context);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    for (const { id, weight } of backends) {
      expect(Math.abs((counts.get(id) ?? 0) / 100_000 - weight / 1511)).toBeLessThan(0.015);
    }
  });
});
