import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import type { StrategyOptions } from '../../lib/strategies/index.js';
import { createStrategy, type StrategySpec } from '../../lib/strategies/spec.js';
import { backendsOf, contextOf, fakeRequest, thrownBy } from '../core/fakes.js';

const backends = backendsOf(1, 1, 1, 1, 1);

function picked(key: StrategyOptions<'consistent-hash'>['key'], url: string, headers: string[] = []): string {
  const context = { ...contextOf(), request: fakeRequest({ url, headers }) };
  return createStrategy(['consistent-hash', { key }]).pick(backends, context).id;
}

describe('consistent-hash', () => {
  it.each([
    ['path', 'path', (n: number) => [`/item/${n}?other=${n % 3}`]],
    ['header', { header: 'X-Tenant' }, (n: number) => ['/', 'x-tenant', `t${n}`]],
    ['cookie', { cookie: 'sid' }, (n: number) => ['/', 'cookie', `a=b; sid=s${n}`]],
    ['query', { query: 'room' }, (n: number) => [`/?x=1&room=r${n}`]],
  ] as const)('by %s: the same goes together, others apart', (_what, key, of) => {
    const go = (n: number): string => {
      const [url = '', ...headers] = of(n);
      return picked(key, url, headers);
    };
    expect(go(1)).toBe(go(1));
    expect(new Set(Array.from({ length: 64 }, (_, n) => go(n))).size).toBe(5);
  });

  it('by the client’s address where the key is absent', () => {
    const byAddress = createStrategy('consistent-hash').pick(backends, contextOf()).id;
    for (const key of [{ header: 'x-none' }, { cookie: 'none' }, { query: 'none' }]) {
      expect(picked(key, '/')).toBe(byAddress);
    }
  });

  it('takes all of a /64 to one backend', () => {
    const strategy = createStrategy('consistent-hash');
    const ids = Array.from({ length: 32 }, (_, n) => strategy.pick(backends, contextOf(`2001:db8::${n + 1}`)).id);
    expect(new Set(ids).size).toBe(1);
  });

  it('gives the same answer in every process', () => {
    // Recorded: a change here would move every key of every deployment.
    const strategy = createStrategy('consistent-hash');
    const ids = Array.from({ length: 12 }, (_, n) => strategy.pick(backends, contextOf(`10.0.0.${n}`)).id);
    expect(ids.join('')).toMatchInlineSnapshot(`"dabadaeebacb"`);
  });

  it('a full one’s key goes elsewhere, always to the same, and comes back', () => {
    const strategy = createStrategy(['consistent-hash', { loadFactor: 1.5 }]);
    const own = backendsOf(1, 1, 1, 1);
    const home = strategy.pick(own, contextOf()) as BackendRecord;
    home.active = 10;
    const away = strategy.pick(own, contextOf());
    expect(away).not.toBe(home);
    expect(strategy.pick(own, contextOf())).toBe(away);
    home.active = 0;
    expect(strategy.pick(own, contextOf())).toBe(home);
  });

  it('a retry takes another, the same each time, within the bound too', () => {
    const strategy = createStrategy(['consistent-hash', { loadFactor: 1.25 }]);
    const retry = { ...contextOf(), attempt: 1 };
    const rest = backendsOf(1, 1, 1);
    const second = strategy.pick(rest, retry) as BackendRecord;
    expect(strategy.pick([...rest], retry)).toBe(second);
    second.active = 50;
    expect(strategy.pick([...rest], retry)).not.toBe(second);
  });

  it.each([
    [{ replicas: 0 }, 'replicas'],
    [{ replicas: 1.5 }, 'replicas'],
    [{ loadFactor: 0.5 }, 'loadFactor'],
    [{ loadFactor: -1 }, 'loadFactor'],
    [{ key: 'host' }, 'key'],
    [{ key: { header: '' } }, 'key'],
    [{ key: { header: 'a', cookie: 'b' } }, 'key'],
    [{ key: {} }, 'key'],
  ])('refuses %j', (options, at) => {
    const spec = ['consistent-hash', options] as StrategySpec;
    expect(thrownBy(() => createStrategy(spec)).problems).toMatchObject([{ path: `[1].${at}` }]);
  });
});
