import { describe, expect, it } from 'vitest';
import { backendRecord } from '../../lib/core/backend.js';
import { Pool } from '../../lib/core/pool.js';
import { ipSticky } from '../../lib/sticky/ip.js';
import { affinityEnvironment, backendsOf, fakeExchange, foundBy, homeBy } from '../core/fakes.js';

const hosts = Array.from({ length: 200 }, (_, i) => i.toString(16));
const from = (address: string) => fakeExchange({ client: { address } });

describe('sticky by ip', () => {
  it('sends an address to one backend, in every instance and whatever the order', () => {
    const members = backendsOf(1, 1, 1, 1);
    const [one, two] = [ipSticky.create({}, affinityEnvironment()), ipSticky.create({}, affinityEnvironment())];
    const [pool, turned] = [new Pool(members), new Pool(members.toReversed())];
    for (const host of hosts) {
      const found = foundBy(one, from(`10.0.0.${host}`), pool);
      expect(members).toContain(found);
      expect(foundBy(one, from(`10.0.0.${host}`), pool)).toBe(found);
      expect(foundBy(two, from(`10.0.0.${host}`), turned)).toBe(found);
    }
  });

  it('spreads clients: 10,000 addresses on 4 backends, each share within 2 %', () => {
    const pool = new Pool(backendsOf(1, 1, 1, 1));
    const affinity = ipSticky.create({}, affinityEnvironment());
    const counts = new Map<string, number>();
    for (let i = 0; i < 10_000; i++) {
      const id = homeBy(affinity, from(`10.1.${i >> 8}.${i & 255}`), pool) ?? '';
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    // The standard deviation of a share is 0.43 %.
    for (const id of 'abcd') expect(Math.abs((counts.get(id) ?? 0) / 10_000 - 0.25)).toBeLessThan(0.02);
  });

  it('stays with a backend that takes nobody: whether that is a loss is not its business', () => {
    const pool = new Pool(backendsOf(1, 1, 1));
    const affinity = ipSticky.create({}, affinityEnvironment());
    const found = foundBy(affinity, from('10.0.0.1'), pool);
    if (typeof found !== 'object') throw new Error('nobody');
    pool.setState(found, 'drain');
    expect(foundBy(affinity, from('10.0.0.1'), pool)).toBe(found);
  });

  it('takes a /64 for one client, or as many bits as it is told', () => {
    const pool = new Pool(backendsOf(1, 1, 1, 1));
    const found = (ipv6Prefix?: number): number => {
      const affinity = ipSticky.create({ ipv6Prefix }, affinityEnvironment());
      return new Set(hosts.map((host) => homeBy(affinity, from(`2001:db8::${host}`), pool))).size;
    };
    expect(found()).toBe(1);
    expect(found(128)).toBe(4);
  });

  it('pins nobody whose address is unknown, and sets no cookie', () => {
    const affinity = ipSticky.create({}, affinityEnvironment());
    expect(affinity.find(from(''), new Pool(backendsOf(1, 1)))).toBeUndefined();
    expect(affinity.cookie).toBeUndefined();
    expect(affinity.pin).toBeUndefined();
  });

  it('finds nobody where nobody is', () => {
    expect(ipSticky.create({}, affinityEnvironment()).find(from('10.0.0.1'), new Pool([]))).toBeUndefined();
  });

  it('agrees with the strategy ip-hash while all are up', async () => {
    const { createStrategy } = await import('../../lib/strategies/spec.js');
    const members = backendsOf(1, 1, 1, 1);
    const pool = new Pool(members);
    const affinity = ipSticky.create({}, affinityEnvironment());
    for (const host of hosts) {
      const exchange = from(`10.0.0.${host}`);
      const context = { key: exchange.client.address, attempt: 0, request: exchange.request };
      expect(createStrategy('ip-hash').pick(members, context)).toBe(affinity.find(exchange, pool));
    }
  });

  it.each([0, 129, 1.5, '64', null])('refuses an ipv6Prefix of %j', (ipv6Prefix) => {
    expect(ipSticky.options.safeParse({ ipv6Prefix }).success).toBe(false);
  });
});

it('nobody is at home on a backup, nor in another zone', () => {
  const inputs = [{ zone: 'eu' }, { zone: 'us' }, { zone: 'eu', backup: true }, { zone: 'eu' }];
  const members = inputs.map((input, i) => backendRecord({ url: `http://10.0.0.${i}`, id: String(i), ...input }));
  const homes = (pool: Pool): string[] => {
    const affinity = ipSticky.create({}, affinityEnvironment());
    const ids = hosts.map((host) => homeBy(affinity, from(`10.0.0.${host}`), pool) ?? '');
    return [...new Set(ids)].sort();
  };
  expect(homes(new Pool(members))).toEqual(['0', '1', '3']);
  expect(homes(new Pool(members, { zone: 'eu' }))).toEqual(['0', '3']);
});
