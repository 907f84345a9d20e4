import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStrategy } from '../../lib/strategies/spec.js';
import { backendsOf, contextOf } from '../core/fakes.js';

const context = contextOf();

function picks(weights: readonly number[], times: number): string {
  const strategy = createStrategy('weighted-round-robin');
  const backends = backendsOf(...weights);
  return Array.from({ length: times }, () => strategy.pick(backends, context).id).join('');
}

describe('weighted-round-robin', () => {
  // From the message of nginx's commit 52327e0627f4.
  it('interleaves 5, 1, 1 as a a b a c a a', () => {
    expect(picks([5, 1, 1], 14)).toBe('aabacaaaabacaa');
  });

  it.each([
    [[1, 1, 1], 'abcabc'],
    [[2, 1], 'abaaba'],
    [[4, 2], 'abaaba'],
    [[0.5, 0.25], 'abaaba'],
    [[1, 3], 'babbbabb'],
  ])('gives %j as %s', (weights, order) => {
    expect(picks(weights, order.length)).toBe(order);
  });

  it('gives each exactly its weight in every round, and a round like the last', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }), (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight);
        const round = picks(weights, total);
        for (const [i, weight] of weights.entries()) {
          expect(round.split(String.fromCharCode(97 + i)).length - 1).toBe(weight);
        }
        expect(picks(weights, 2 * total)).toBe(round + round);
      }),
    );
  });

  it('follows a weight that has changed with the list that says so', () => {
    const strategy = createStrategy('weighted-round-robin');
    const backends = backendsOf(1, 1);
    for (let i = 0; i < 4; i++) strategy.pick(backends, context);
    const [a] = backends;
    if (a !== undefined) a.weight = 3;
    const changed = [...backends];
    const picked = Array.from({ length: 8 }, () => strategy.pick(changed, context).id);
    expect(picked.filter((id) => id === 'a')).toHaveLength(6);
  });

  it('does not start again at the first with every new list', () => {
    const strategy = createStrategy('weighted-round-robin');
    const backends = backendsOf(1, 1, 1);
    const picked = Array.from({ length: 9 }, () => strategy.pick([...backends], context).id);
    expect(picked.join('')).toBe('abcabcabc');
  });
});
