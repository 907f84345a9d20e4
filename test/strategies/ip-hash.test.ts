import { describe, expect, it } from 'vitest';
import { createStrategy } from '../../lib/strategies/spec.js';
import { backendsOf, contextOf } from '../core/fakes.js';

const backends = backendsOf(1, 1, 1, 1, 1);
const pick = (key: string, ipv6Prefix?: number): string =>
  createStrategy(['ip-hash', { ipv6Prefix }]).pick(backends, contextOf(key)).id;

const hosts = Array.from({ length: 64 }, (_, i) => i.toString(16));

describe('ip-hash', () => {
  it('takes all of a /64 to one backend by default', () => {
    expect(new Set(hosts.map((host) => pick(`2001:db8:1:2::${host}`))).size).toBe(1);
  });

  it('tells /64s apart', () => {
    expect(new Set(hosts.map((host) => pick(`2001:db8:1:${host}::1`))).size).toBe(5);
  });

  it('looks at as many bits as it is told to', () => {
    expect(new Set(hosts.map((host) => pick(`2001:db8:1:2::${host}`, 128))).size).toBe(5);
    expect(new Set(hosts.map((host) => pick(`2001:db8:1:${host}::1`, 48))).size).toBe(1);
  });

  it('takes a client the same way over IPv4 and over a dual-stack socket', () => {
    for (const host of hosts.keys()) expect(pick(`::ffff:10.0.0.${host}`)).toBe(pick(`10.0.0.${host}`));
  });

  it('answers also when there is no address', () => {
    expect(pick('')).toMatch(/^[a-e]$/);
  });

  it('does not depend on the order of the backends', () => {
    const turned = backends.toReversed();
    for (const host of hosts) {
      const context = contextOf(`10.0.0.${host}`);
      expect(createStrategy('ip-hash').pick(turned, context).id).toBe(
        createStrategy('ip-hash').pick(backends, context).id,
      );
    }
  });

  it('gives the same answer in every process', () => {
    // Recorded: a change here would move every client of every deployment.
    const keys = ['10.0.0.1', '10.0.0.2', '203.0.113.7', '2001:db8::1', '', 'fe80::1%eth0', '192.168.1.77', '::1'];
    expect(keys.map((key) => pick(key)).join('')).toBe('aaccaebc');
  });
});
