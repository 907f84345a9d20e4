import { expect, it, vi } from 'vitest';
import { AT_A_TIME, IN_ALL, Patience } from '../../../lib/shaping/coalescing/patience.js';
import { FakeClock } from '../../support/clock.js';

function house() {
  const clock = new FakeClock();
  const over = vi.fn();
  return { clock, over, patience: new Patience(clock, over) };
}

it('waits while somebody is behind', () => {
  const { clock, over, patience } = house();
  patience.look(true);
  clock.advance(AT_A_TIME - 1);
  patience.look(true);
  expect(patience.waits).toBe(true);
  patience.look(false);
  expect([patience.waits, over.mock.calls.length, clock.pending]).toEqual([false, 0, 0]);
});

it('has waited long enough after a moment', () => {
  const { clock, over, patience } = house();
  over.mockImplementation(() => expect(patience.waits).toBe(false));
  patience.look(true);
  clock.advance(AT_A_TIME);
  expect([patience.waits, over.mock.calls.length]).toEqual([false, 1]);
});

it('waits so long in all, and then for nobody any more', () => {
  const { clock, over, patience } = house();
  let waited = 0;
  for (let i = 0; i < 30; i++) {
    patience.look(true);
    for (let ms = 0; ms < 100 && patience.waits; ms++) {
      clock.advance(1);
      waited++;
    }
    patience.look(false);
    // What passes in between costs nothing.
    clock.advance(500);
  }
  expect([waited, over.mock.calls.length, patience.waits]).toEqual([IN_ALL, 1, false]);
});
