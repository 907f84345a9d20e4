import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventQueue } from '../../lib/simulate/event-queue.js';

it('gives events in order of time, those of one moment in order of arrival, however pushes and pops mix', () => {
  const steps = fc.array(fc.oneof(fc.nat(20), fc.constant('pop' as const)), { maxLength: 300 });
  fc.assert(
    fc.property(steps, (list) => {
      const queue = new EventQueue(2);
      const expected: { time: number; payload: number }[] = [];
      const check = (): void => {
        const next = expected.reduce((best, each) => (each.time < best.time ? each : best));
        expected.splice(expected.indexOf(next), 1);
        expect(queue.next).toBe(next.time);
        expect(queue.pop()).toBe(next.payload);
        expect(queue.time).toBe(next.time);
        expect(queue.size).toBe(expected.length);
      };
      for (const [payload, step] of list.entries()) {
        if (step !== 'pop') {
          queue.push(step, payload);
          expected.push({ time: step, payload });
        } else if (expected.length > 0) check();
      }
      while (expected.length > 0) check();
      expect(queue.next).toBe(Number.POSITIVE_INFINITY);
    }),
  );
});

it('stamps each event, and says whose it was', () => {
  const queue = new EventQueue();
  const [late, early] = [queue.push(20, 1), queue.push(10, 2)];
  expect(late).not.toBe(early);
  queue.pop();
  expect(queue.stamp).toBe(early);
  queue.pop();
  expect(queue.stamp).toBe(late);
});
