import { describe, expect, it, vi } from 'vitest';
import { DroppedAnswer } from '../../../lib/forward/response/dropped.js';
import { FakeClock } from '../../support/clock.js';

function house() {
  const clock = new FakeClock();
  const flight = { resume: vi.fn(), abort: vi.fn() };
  return { clock, flight, dropped: new DroppedAnswer(flight, clock) };
}

describe('an answer that nobody gets', () => {
  it('is read to its end while it is short', () => {
    const { clock, flight, dropped } = house();
    for (let i = 0; i < 4; i++) dropped.data(Buffer.alloc(16_384));
    dropped.end();
    clock.advance(10_000);
    expect(flight.abort).not.toHaveBeenCalled();
    expect(clock.pending).toBe(0);
  });

  it('is cut off when it is longer', () => {
    const { clock, flight, dropped } = house();
    dropped.data(Buffer.alloc(65_536));
    expect(flight.abort).not.toHaveBeenCalled();
    dropped.data(Buffer.alloc(1));
    expect(flight.abort).toHaveBeenCalledOnce();
    expect(clock.pending).toBe(0);
  });

  it('is cut off when its end does not come', () => {
    const { clock, flight } = house();
    clock.advance(999);
    expect(flight.abort).not.toHaveBeenCalled();
    clock.advance(1);
    expect(flight.abort).toHaveBeenCalledOnce();
  });
});
