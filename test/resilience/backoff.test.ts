import { describe, expect, it, vi } from 'vitest';
import { backoff, waited } from '../../lib/resilience/backoff.js';
import { FakeClock } from '../support/clock.js';
import { seededRandom } from '../support/random.js';

describe('backoff', () => {
  it('is anything up to a limit that doubles until its cap', () => {
    const options = { base: 25, cap: 250 };
    expect([0, 1, 2, 3, 4, 50].map((n) => backoff(options, n, () => 1))).toEqual([25, 50, 100, 200, 250, 250]);
    expect(backoff(options, 3, () => 0)).toBe(0);
  });

  it('is spread evenly: 10,000 draws, their mean within 2 % of the half', () => {
    const random = seededRandom(3);
    let sum = 0;
    for (let i = 0; i < 10_000; i++) sum += backoff({ base: 25, cap: 250 }, 0, random);
    expect(Math.abs(sum / 10_000 - 12.5)).toBeLessThan(0.25);
  });
});

describe('waited', () => {
  function house() {
    const clock = new FakeClock();
    const stop = vi.fn();
    let leave = (): void => {};
    const over = vi.fn();
    const done = waited(clock, 100, (gone) => {
      leave = gone;
      return stop;
    }).then(over);
    return { clock, stop, leave: () => leave(), over, done };
  }

  it('is over when the time has passed', async () => {
    const { clock, stop, over, done } = house();
    clock.advance(99);
    await Promise.resolve();
    expect(over).not.toHaveBeenCalled();
    clock.advance(1);
    await done;
    expect(over).toHaveBeenCalledWith(true);
    expect(stop).toHaveBeenCalledOnce();
  });

  it('is over at once when nobody is interested any more, and leaves no timer', async () => {
    const { clock, leave, over, done } = house();
    leave();
    await done;
    expect(over).toHaveBeenCalledWith(false);
    expect(clock.pending).toBe(0);
  });
});
