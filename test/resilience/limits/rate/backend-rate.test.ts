import { expect, it } from 'vitest';
import { BackendRate } from '../../../../lib/resilience/limits/rate/backend-rate.js';
import { one } from '../../../core/fakes.js';
import { FakeClock } from '../../../support/clock.js';

function house(consume: () => Promise<unknown>, points: number | undefined) {
  const clock = new FakeClock();
  const marks: boolean[] = [];
  const backend = one();
  const rate = new BackendRate({
    limiter: { consume },
    points,
    clock,
    changed: ({ spent }) => marks.push(spent),
    threw: () => {},
  });
  const told = () => new Promise(setImmediate);
  return { clock, marks, backend, rate, told };
}

it('leaves a backend out with its last point, before the limiter has answered, and brings it back in time', async () => {
  let left = 2;
  const { clock, marks, backend, rate, told } = house(
    () => Promise.resolve({ remainingPoints: --left, msBeforeNext: 300 }),
    2,
  );
  rate.acquired(backend);
  expect(backend.spent).toBe(false);
  rate.acquired(backend);
  expect(backend.spent).toBe(true);
  await told();
  expect(backend.spent).toBe(true);
  clock.advance(302);
  expect([backend.spent, marks]).toEqual([false, [true, false]]);
});

it('counts how often a backend was left out', async () => {
  const { clock, backend, rate, told } = house(() => Promise.resolve({ remainingPoints: 0, msBeforeNext: 300 }), 1);
  expect(rate.limitedOf(backend)).toBe(0);
  for (let i = 1; i <= 3; i++) {
    rate.acquired(backend);
    await told();
    expect(rate.limitedOf(backend)).toBe(i);
    clock.advance(302);
  }
});

it('forgets what was left when the time that it was left for is over', async () => {
  let left = 3;
  const { clock, backend, rate, told } = house(
    () => Promise.resolve({ remainingPoints: --left, msBeforeNext: 300 }),
    3,
  );
  rate.acquired(backend);
  rate.acquired(backend);
  await told();
  clock.advance(301);
  left = 3;
  // The limiter has said of the last span that one is left; of this one nothing yet.
  rate.acquired(backend);
  expect(backend.spent).toBe(true);
  await told();
  clock.advance(302);
  left = 3;
  rate.acquired(backend);
  rate.acquired(backend);
  expect(backend.spent).toBe(false);
  rate.acquired(backend);
  expect(backend.spent).toBe(true);
});

it('a limiter that is shared and refuses leaves it out too, and one that fails limits nobody', async () => {
  const refusing = house(() => Promise.reject({ msBeforeNext: 50 }), undefined);
  refusing.rate.acquired(refusing.backend);
  await refusing.told();
  expect(refusing.backend.spent).toBe(true);
  refusing.clock.advance(52);
  expect(refusing.backend.spent).toBe(false);
  const failing = house(() => Promise.reject(new Error('down')), 1);
  failing.rate.acquired(failing.backend);
  expect(failing.backend.spent).toBe(true);
  await failing.told();
  expect(failing.backend.spent).toBe(false);
});
