import { expect, it, vi } from 'vitest';
import { Deadline } from '../../lib/core/deadline.js';
import { FakeClock } from '../support/clock.js';

function house() {
  const clock = new FakeClock();
  const over = vi.fn();
  return { clock, over, deadline: new Deadline(clock, over) };
}

it('comes when nobody has said otherwise', () => {
  const { clock, over, deadline } = house();
  deadline.within(undefined, 100);
  clock.advance(99);
  expect(over).not.toHaveBeenCalled();
  clock.advance(1);
  expect(over).toHaveBeenCalledTimes(1);
});

it('can be brought forward, and not put off', () => {
  const { clock, over, deadline } = house();
  deadline.within(1000, 0);
  clock.advance(100);
  deadline.within(50, 0);
  deadline.within(5000, 0);
  // Who has nothing to say leaves it as it is.
  deadline.within(undefined, 1);
  clock.advance(49);
  expect(over).not.toHaveBeenCalled();
  clock.advance(1);
  expect(over).toHaveBeenCalledTimes(1);
  clock.advance(10_000);
  expect(over).toHaveBeenCalledTimes(1);
  expect(clock.pending).toBe(0);
});

it('does not come a second time, nor once it is off', () => {
  const { clock, over, deadline } = house();
  deadline.within(10, 0);
  clock.advance(10);
  deadline.within(5, 0);
  clock.advance(100);
  expect(over).toHaveBeenCalledTimes(1);
  const other = house();
  other.deadline.within(10, 0);
  other.deadline.cancel();
  other.clock.advance(100);
  expect(other.over).not.toHaveBeenCalled();
});

it('is off for good: who would bring it forward then comes too late', () => {
  const { clock, over, deadline } = house();
  deadline.cancel();
  deadline.within(10, 0);
  clock.advance(10);
  expect(over).not.toHaveBeenCalled();
  expect(clock.pending).toBe(0);
});
