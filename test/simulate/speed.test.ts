import { expect, it } from 'vitest';
import { speed } from '../../lib/simulate/speed.js';
import { FakeClock } from '../support/clock.js';

it('is requests a second of real time, the best of three runs', async () => {
  const clock = new FakeClock();
  const times = [0, 10, 100, 104, 200, 220];
  const script = { ...clock, date: () => 0, after: clock.after, now: () => times.shift() ?? Number.NaN };
  expect(await speed(script, 2000)).toBe(500_000);
});
