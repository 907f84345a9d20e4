import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { atTurnsEnd, type Clock, isoDate, systemClock } from '../../lib/core/clock.js';
import { FakeClock } from '../support/clock.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Both clocks are held to the same rules: tests that believe the fake one may believe the real one. */
const clocks: readonly [string, () => { clock: Clock; advance: (ms: number) => void }][] = [
  ['systemClock', () => ({ clock: systemClock, advance: (ms) => void vi.advanceTimersByTime(ms) })],
  [
    'FakeClock',
    () => {
      const clock = new FakeClock();
      return { clock, advance: (ms) => clock.advance(ms) };
    },
  ],
];

describe.each(clocks)('%s', (_name, make) => {
  it('moves on by what passes', () => {
    const { clock, advance } = make();
    const [now, date] = [clock.now(), clock.date()];
    advance(1500);
    expect(clock.now() - now).toBeCloseTo(1500);
    expect(clock.date() - date).toBe(1500);
  });

  it('fires a timer once, when its time has come', () => {
    const { clock, advance } = make();
    const fn = vi.fn();
    clock.after(100, fn);
    advance(99);
    expect(fn).not.toHaveBeenCalled();
    advance(1);
    advance(1000);
    expect(fn).toHaveBeenCalledOnce();
  });

  it('fires timers in the order in which they fall due', () => {
    const { clock, advance } = make();
    const order: number[] = [];
    clock.after(30, () => order.push(3));
    clock.after(10, () => {
      order.push(1);
      clock.after(10, () => order.push(2));
    });
    clock.after(30, () => order.push(4));
    advance(30);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('cancels', () => {
    const { clock, advance } = make();
    const fn = vi.fn();
    const timer = clock.after(100, fn);
    timer.cancel();
    timer.cancel();
    advance(200);
    expect(fn).not.toHaveBeenCalled();
  });

  it('starts a timer anew', () => {
    const { clock, advance } = make();
    const fn = vi.fn();
    const timer = clock.after(100, fn);
    advance(99);
    timer.refresh();
    advance(99);
    expect(fn).not.toHaveBeenCalled();
    advance(1);
    expect(fn).toHaveBeenCalledOnce();
  });
});

describe('systemClock', () => {
  it('does not keep the process alive', () => {
    vi.useRealTimers();
    const keepAlive = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = keepAlive();
    const timer = systemClock.after(100_000, () => {});
    expect(keepAlive()).toBe(before);
    timer.refresh();
    expect(keepAlive()).toBe(before);
    timer.cancel();
    const other = setTimeout(() => {}, 100_000);
    expect(keepAlive()).toBe(before + 1);
    clearTimeout(other);
  });

  it('does not fire at once what Node cannot wait for: it cuts delays over 2^31 - 1 down to 1 ms', () => {
    const fn = vi.fn();
    systemClock.after(40 * 24 * 3_600_000, fn);
    vi.advanceTimersByTime(3_600_000);
    expect(fn).not.toHaveBeenCalled();
  });
});

// Not with vi's fake timers, whose refresh() brings a cleared timer back.
it('FakeClock and Node leave a cancelled timer cancelled', () => {
  const clock = new FakeClock();
  const fn = vi.fn();
  const timer = clock.after(10, fn);
  timer.cancel();
  timer.refresh();
  clock.advance(100);
  expect(fn).not.toHaveBeenCalled();
  expect(clock.pending).toBe(0);
});

it('a date for people is in UTC', () => {
  expect(isoDate(0)).toBe('1970-01-01T00:00:00.000Z');
});

it('the end of a turn comes also where timers are faked', async () => {
  const fn = vi.fn();
  atTurnsEnd(fn);
  expect(fn).not.toHaveBeenCalled();
  vi.useRealTimers();
  await new Promise((resolve) => setImmediate(resolve));
  expect(fn).toHaveBeenCalledOnce();
});
