import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PATIENCE, REST } from '../../../../lib/core/guard.js';
import { GuardedLimiter, memoryLimiter, type RateLimiter } from '../../../../lib/resilience/limits/rate/limiter.js';
import { FakeClock } from '../../../support/clock.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function guarded(limiter: RateLimiter) {
  const clock = new FakeClock();
  const threw: unknown[] = [];
  return {
    clock,
    threw,
    limiter: new GuardedLimiter(limiter, 'clients', { clock, threw: (...told) => threw.push(told) }),
  };
}

async function ask(limiter: RateLimiter, key = 'a') {
  const { clock, threw, limiter: asked } = guarded(limiter);
  const said = await asked.consume(key);
  return { said, threw, pending: clock.pending };
}

describe('in memory', () => {
  it('allows so many in a span of time, to each key', async () => {
    const limiter = memoryLimiter({ points: 2, per: 500 });
    expect((await ask(limiter)).said).toEqual({ allowed: true, left: 1, wait: 500 });
    expect((await ask(limiter)).said).toMatchObject({ allowed: true, left: 0 });
    vi.advanceTimersByTime(200);
    expect(await ask(limiter)).toEqual({ said: { allowed: false, left: 0, wait: 300 }, threw: [], pending: 0 });
    expect((await ask(limiter, 'b')).said?.allowed).toBe(true);
    vi.advanceTimersByTime(301);
    expect((await ask(limiter)).said).toMatchObject({ allowed: true, left: 1 });
  });

  it('remembers a bounded number of keys, and forgets the oldest first', async () => {
    const limiter = memoryLimiter({ points: 1, per: 60_000 });
    await limiter.consume('first');
    for (let i = 0; i < 49_999; i++) void limiter.consume(`k${i}`);
    expect(vi.getTimerCount()).toBe(50_000);
    expect((await ask(limiter, 'first')).said?.allowed).toBe(false);
    for (let i = 0; i < 10_000; i++) void limiter.consume(`more${i}`);
    expect(vi.getTimerCount()).toBe(50_000);
    expect((await ask(limiter, 'first')).said?.allowed).toBe(true);
    expect((await ask(limiter, 'k49998')).said?.allowed).toBe(false);
  });
});

describe('of the user', () => {
  const never: PromiseLike<unknown> = new Promise(() => {});

  it.each<[string, RateLimiter]>([
    [
      'throws',
      {
        consume: () => {
          throw new Error('no store');
        },
      },
    ],
    ['rejects', { consume: () => Promise.reject(new Error('no store')) }],
  ])('one that %s says nothing, and is told of', async (_how, limiter) => {
    expect(await ask(limiter)).toMatchObject({ said: undefined, threw: [expect.anything()], pending: 0 });
  });

  it('one that hangs is not waited for, and then left alone for a while', async () => {
    let asked = 0;
    const consume = (): PromiseLike<unknown> => {
      asked++;
      return never;
    };
    const { clock, threw, limiter } = guarded({ consume });
    const said = limiter.consume('a');
    clock.advance(PATIENCE);
    expect(await said).toBeUndefined();
    clock.advance(REST - 1);
    expect(await limiter.consume('b')).toBeUndefined();
    expect([asked, threw]).toEqual([1, [['the rate limiter of clients failed', expect.any(Error)]]]);
  });

  it('one that resolves with anything allows', async () => {
    expect((await ask({ consume: () => Promise.resolve('yes') })).said).toEqual({
      allowed: true,
      left: undefined,
      wait: 1_000,
    });
  });
});
