import { expect, it } from 'vitest';
import { EventQueue } from '../../lib/simulate/event-queue.js';
import { VirtualClock } from '../../lib/simulate/virtual-clock.js';

function setUp() {
  const queue = new EventQueue();
  const clock = new VirtualClock(queue);
  const until = (time: number): void => {
    while (queue.next <= time) {
      const timer = queue.pop();
      clock.moveTo(queue.time);
      clock.fire(timer, queue.stamp);
    }
    clock.moveTo(time);
  };
  return { clock, until };
}

it('stands where it was moved to, dates included', () => {
  const { clock, until } = setUp();
  const date = clock.date();
  until(1500);
  expect(clock.now()).toBe(1500);
  expect(clock.date() - date).toBe(1500);
});

it('fires timers when they are due, once', () => {
  const { clock, until } = setUp();
  const fired: number[] = [];
  for (const ms of [30, 10]) clock.after(ms, () => fired.push(clock.now()));
  until(20);
  expect(fired).toEqual([10]);
  until(100);
  expect(fired).toEqual([10, 30]);
});

it('fires none that was cancelled, and a refreshed one only at its new time', () => {
  const { clock, until } = setUp();
  const fired: string[] = [];
  const cancelled = clock.after(10, () => fired.push('cancelled'));
  const refreshed = clock.after(10, () => fired.push(`refreshed at ${clock.now()}`));
  until(5);
  cancelled.cancel();
  cancelled.refresh();
  refreshed.refresh();
  until(14);
  expect(fired).toEqual([]);
  until(50);
  expect(fired).toEqual(['refreshed at 15']);
});
