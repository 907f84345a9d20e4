import { describe, expect, it } from 'vitest';
import { createStrategy } from '../../lib/strategies/spec.js';
import { backendsOf, contextOf } from '../core/fakes.js';

const context = contextOf();

describe('round-robin', () => {
  it('goes round in order of declaration, whatever the weights and loads', () => {
    const strategy = createStrategy('round-robin');
    const backends = backendsOf(1, 9, 1);
    for (const [i, backend] of backends.entries()) backend.active = 10 - i;
    expect(Array.from({ length: 7 }, () => strategy.pick(backends, context).id).join('')).toBe('abcabca');
  });

  it('starts again at the first when the list has become shorter than its place in it', () => {
    const strategy = createStrategy('round-robin');
    const backends = backendsOf(1, 1, 1);
    strategy.pick(backends, context);
    strategy.pick(backends, context);
    expect(strategy.pick(backends.slice(0, 1), context).id).toBe('a');
  });

  it('shares out evenly what a dead backend refuses, with a second one for retries as the request path has it', () => {
    const [strategy, spare] = [createStrategy('round-robin'), createStrategy('round-robin')];
    const backends = backendsOf(1, 1, 1);
    const [dead, ...rest] = backends;
    const answered = Array.from({ length: 12 }, () => {
      const first = strategy.pick(backends, context);
      return first === dead ? spare.pick([...rest], context).id : first.id;
    });
    expect(answered.filter((id) => id === 'b')).toHaveLength(6);
    expect(answered.filter((id) => id === 'c')).toHaveLength(6);
  });
});
