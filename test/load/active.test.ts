import { expect, it } from 'vitest';
import { active, activeLoad } from '../../lib/load/active.js';
import { one } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

it('is what is in flight right now', () => {
  const backend = one();
  expect(activeLoad.of(backend)).toBe(0);
  backend.active = 3;
  backend.total = 9;
  expect(activeLoad.of(backend)).toBe(3);
});

it('as a load metric is the same for everyone', () => {
  expect(active.create(new FakeClock())).toBe(activeLoad);
});
