import { expect, it } from 'vitest';
import { createStrategy } from '../../lib/strategies/spec.js';
import { backendsOf, contextOf } from '../core/fakes.js';

it('takes the first of the list, however busy and light it is', () => {
  const strategy = createStrategy('first');
  const backends = backendsOf(1, 9, 9);
  for (const backend of backends.slice(0, 1)) backend.active = 100;
  for (let i = 0; i < 5; i++) expect(strategy.pick(backends, contextOf()).id).toBe('a');
  expect(strategy.pick(backends.slice(1), contextOf()).id).toBe('b');
  expect(strategy.pick(backends, contextOf()).id).toBe('a');
});
