import { describe, expect, it } from 'vitest';
import { answered, failed, fakeExchange } from '../core/fakes.js';
import { house } from './fakes.js';

const RESET = failed('FAIRLEAD_BACKEND_RESET');

describe('the budget of a balancer', () => {
  it('is shared by all its requests; the first failure is the answer once it is spent', () => {
    const { begin, clock, members, retries } = house({ retry: { budget: { ratio: 0, minPerSecond: 1 } } });
    const [a] = members;
    if (a === undefined) throw new Error('no backend');
    const goesOn = (): boolean => {
      const trail = begin();
      trail.asks(a);
      return trail.goesOn(RESET);
    };
    expect(Array.from({ length: 12 }, goesOn)).toEqual([...Array(10).fill(true), false, false]);
    expect(retries.counts()).toEqual({ budgetExhausted: 2, hedges: 0 });
    clock.advance(10_000);
    expect(goesOn()).toBe(true);
  });

  it('is not asked where there would be no retry', () => {
    const { trail, members, retries } = house({ retry: { attempts: 0, budget: { ratio: 0, minPerSecond: 0 } } });
    if (members[0] !== undefined) trail.asks(members[0]);
    expect(trail.goesOn(RESET)).toBe(false);
    expect(retries.counts().budgetExhausted).toBe(0);
  });
});

describe('a body is worth keeping', () => {
  it.each([
    ['PUT', {}, true],
    ['POST', {}, false],
    ['POST', { methods: ['POST'] }, true],
    ['POST', { methods: ['POST'], attempts: 0 }, false],
    ['PUT', false, true],
  ] as const)('%s with %j: %s', (method, retry, worth) => {
    const { retries, request } = house({ method, retry });
    expect(retries.mayRepeat(request)).toBe(worth);
  });
});

describe('a second attempt beside the first', () => {
  it('is for the methods it was asked for, and not for upgrades', () => {
    const { retries } = house({ hedge: { after: 70 } });
    expect(retries.hedgeDelay(fakeExchange({ method: 'GET' }))).toBe(70);
    expect(retries.hedgeDelay(fakeExchange({ method: 'POST' }))).toBeUndefined();
    const exchange = fakeExchange();
    const upgrade = { socket: exchange.wire, release: () => Buffer.alloc(0) };
    expect(retries.hedgeDelay({ ...exchange, upgrade })).toBeUndefined();
    expect(house().retries.hedgeDelay(exchange)).toBeUndefined();
  });

  it('learns from what was answered', () => {
    const { retries } = house({ hedge: { after: 'p95' } });
    for (let i = 0; i < 50; i++) retries.ended(answered({ responseTime: 40 }));
    for (let i = 0; i < 50; i++) retries.ended(RESET);
    expect(retries.hedgeDelay(fakeExchange())).toBe(40);
  });

  it('costs the budget, is counted and told', () => {
    const made = house({ hedge: { after: 10 }, retry: { budget: { ratio: 0, minPerSecond: 0.1 } } });
    const { retries, trail, members, told } = made;
    if (members[0] !== undefined) trail.asks(members[0]);
    expect([retries.hedges(fakeExchange(), trail), retries.hedges(fakeExchange(), trail)]).toEqual([true, false]);
    expect(retries.counts()).toEqual({ budgetExhausted: 1, hedges: 1 });
    expect(told).toEqual([{ method: 'GET', backend: 'a', attempt: 1, delay: 0, reason: 'hedge' }]);
  });
});
