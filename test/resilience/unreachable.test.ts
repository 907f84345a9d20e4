import { expect, it } from 'vitest';
import { Unreachable } from '../../lib/resilience/unreachable.js';
import { one } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

it('holds for half a second from when it was found out, or until the backend is reached', () => {
  const clock = new FakeClock(1_000);
  const told: boolean[] = [];
  const unreachable = new Unreachable(clock, (_backend, is) => told.push(is));
  const backend = one();
  unreachable.remove(backend);
  unreachable.add(backend);
  clock.advance(400);
  // Found out again, and not for longer: others are to find out when it is back.
  unreachable.add(backend);
  expect(told).toEqual([true]);
  clock.advance(100);
  expect(told).toEqual([true, false]);
  unreachable.add(backend);
  unreachable.remove(backend);
  expect([told.length, clock.pending]).toEqual([4, 0]);
  unreachable.add(backend);
  unreachable.close();
  expect(clock.pending).toBe(0);
});
