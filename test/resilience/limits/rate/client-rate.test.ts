import { expect, it } from 'vitest';
import { ClientRate } from '../../../../lib/resilience/limits/rate/client-rate.js';
import { fakeExchange } from '../../../core/fakes.js';
import { FakeClock } from '../../../support/clock.js';

function house(consume: (key: string) => Promise<unknown>, key: 'ip' | (() => string) = 'ip') {
  const threw: string[] = [];
  const clock = new FakeClock();
  const rate = new ClientRate({ limiter: { consume }, key, clock, threw: (what) => threw.push(what) });
  return { rate, threw, clock };
}

it('refuses with 429, and says for how long', async () => {
  const { rate, threw } = house(() => Promise.reject({ msBeforeNext: 1_001 }));
  expect(await rate.refuses(fakeExchange())).toMatchObject({
    code: 'FAIRLEAD_RATE_LIMITED',
    status: 429,
    retryAfter: 2,
  });
  expect([rate.limited, threw]).toEqual([1, []]);
});

it('lets through whom the limiter allows, and everyone when limiter or key fail', async () => {
  const allows = house(() => Promise.resolve({}));
  expect([await allows.rate.refuses(fakeExchange()), allows.threw]).toEqual([undefined, []]);
  const fails = house(() => Promise.reject(new Error('down')));
  expect([await fails.rate.refuses(fakeExchange()), fails.threw]).toEqual([
    undefined,
    ['the rate limiter of clients failed'],
  ]);
  const keyless = house(
    () => Promise.reject({ msBeforeNext: 1 }),
    () => {
      throw new Error('no');
    },
  );
  expect([await keyless.rate.refuses(fakeExchange()), keyless.threw]).toEqual([
    undefined,
    ['limits.rate.client.key threw'],
  ]);
});

it('a limiter that hangs costs only the first requests a wait, and is told of once', async () => {
  let asked = 0;
  const { rate, threw, clock } = house(() => {
    asked++;
    return new Promise(() => {});
  });
  const first = rate.refuses(fakeExchange());
  clock.advance(100);
  expect(await first).toBeUndefined();
  const others = Array.from({ length: 10 }, () => rate.refuses(fakeExchange()));
  expect([asked, threw]).toEqual([1, ['the rate limiter of clients failed']]);
  expect(new Set(await Promise.all(others))).toEqual(new Set([undefined]));
});
