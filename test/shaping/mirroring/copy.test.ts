import { expect, it, vi } from 'vitest';
import { Copy } from '../../../lib/shaping/mirroring/copy.js';
import { FakeClock } from '../../support/clock.js';

function launched() {
  const clock = new FakeClock();
  const over = vi.fn();
  const flight = { resume: vi.fn(), abort: vi.fn() };
  const copy = new Copy(clock, 1_000, over);
  copy.launch(() => flight);
  return { clock, over, flight, copy };
}

it('is well when all of an answer came, whatever comes after', () => {
  const { clock, over, flight, copy } = launched();
  copy.data(Buffer.alloc(10));
  copy.end();
  copy.fail();
  clock.advance(2_000);
  expect(over.mock.calls).toEqual([[copy, true]]);
  expect(flight.abort).not.toHaveBeenCalled();
});

it('is given up when its time is over', () => {
  const { clock, over, flight, copy } = launched();
  clock.advance(999);
  expect(over).not.toHaveBeenCalled();
  clock.advance(1);
  expect(over.mock.calls).toEqual([[copy, false]]);
  expect(flight.abort).toHaveBeenCalledOnce();
});

it('stops reading after 1 MiB, and never asks the backend to wait', () => {
  const { over, flight, copy } = launched();
  expect(copy.data(Buffer.alloc(1_048_576))).toBe(true);
  expect(over).not.toHaveBeenCalled();
  copy.data(Buffer.alloc(1));
  expect(over.mock.calls).toEqual([[copy, true]]);
  expect(flight.abort).toHaveBeenCalledOnce();
});

it('fails where the engine throws', () => {
  const over = vi.fn();
  const copy = new Copy(new FakeClock(), 1_000, over);
  copy.launch(() => {
    throw new Error('no engine');
  });
  expect(over.mock.calls).toEqual([[copy, false]]);
});
