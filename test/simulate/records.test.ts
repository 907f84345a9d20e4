import { expect, it } from 'vitest';
import { Ending } from '../../lib/simulate/ending.js';
import { Records, SLICES } from '../../lib/simulate/records.js';

it('begins with nothing known', () => {
  const records = new Records(3, 300);
  expect([...records.ending]).toEqual([Ending.pending, Ending.pending, Ending.pending]);
  expect([...records.backend]).toEqual([-1, -1, -1]);
});

it('keeps the highest load of each slice, the last arrival in the last', () => {
  const records = new Records(3, 60_000);
  records.load(500, 4, 2);
  records.load(900, 3, 3);
  records.load(60_000, 7, 1);
  expect([records.inFlight[0], records.busiest[0]]).toEqual([4, 3]);
  expect([records.inFlight[SLICES - 1], records.inFlight[1]]).toEqual([7, 0]);
});

it('does with a run of one moment', () => {
  const records = new Records(1, 0);
  records.load(0, 1, 1);
  expect(records.inFlight[0]).toBe(1);
});
