import { expect, it } from 'vitest';
import type { Fault } from '../../lib/simulate/plan.js';
import { timelineOf, windows } from '../../lib/simulate/timeline.js';

const plan = (...faults: Fault[]) => ({ id: 'a', latency: { kind: 'constant', ms: 1 } as const, faults });
const times = (...faults: Fault[]) =>
  timelineOf([plan(), plan(...faults)], { fall: 100, rise: 50 }).map(({ at, kind, backend }) => [at, kind, backend]);

it('a fault that nobody notices begins and ends', () => {
  expect(times({ kind: 'refuse', from: 10, until: 500 })).toEqual([
    [10, 'begin', 1],
    [500, 'end', 1],
  ]);
});

it('one that is noticed takes the backend out after a while, and in again a while after its end', () => {
  const expected = [
    [10, 'begin', 1],
    [110, 'out', 1],
    [500, 'end', 1],
    [550, 'in', 1],
  ];
  expect(times({ kind: 'refuse', from: 10, until: 500, noticed: true })).toEqual(expected);
  expect(times({ kind: 'restart', at: 10, down: 490 })).toEqual(expected);
});

it('one that is over before is not noticed', () => {
  expect(times({ kind: 'restart', at: 10, down: 80 }).map(([, kind]) => kind)).toEqual(['begin', 'end']);
});

it('is in order over all faults, and refuses those that end before they begin', () => {
  const all = times({ kind: 'hang', from: 300, until: 400 }, { kind: 'slow', from: 5, until: 350, factor: 2 });
  expect(all.map(([at]) => at)).toEqual([5, 300, 350, 400]);
  expect(() => times({ kind: 'hang', from: 300, until: 300 })).toThrow(RangeError);
});

it('windows come again and again, whole ones only', () => {
  expect(windows(10, 5, 20, 52)).toEqual([
    { from: 10, until: 15 },
    { from: 30, until: 35 },
  ]);
});
