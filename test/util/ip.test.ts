import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash32 } from '../../lib/util/hash.js';
import { ipHash32, ipKey, unmapIp } from '../../lib/util/ip.js';

describe('unmapIp', () => {
  it.each([
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:10.0.0.1', '10.0.0.1'],
    ['10.0.0.1', '10.0.0.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['::1', '::1'],
    ['', ''],
  ])('%j is %j', (address, plain) => {
    expect(unmapIp(address)).toBe(plain);
  });

  it('leaves everything else alone', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(unmapIp(address)).toBe(address);
        expect(unmapIp(`::ffff:${address}`)).toBe(address);
      }),
    );
  });
});

describe('ipKey', () => {
  it('of an IPv4 address is the address', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 1, max: 128 }), (address, prefix) => {
        expect(ipKey(address, prefix)).toBe(address);
      }),
    );
  });

  it.each([
    ['2001:db8:1:2:3:4:5:6', 64, '2001:db8:1:2:0:0:0:0'],
    ['2001:db8:1:2:3:4:5:6', 128, '2001:db8:1:2:3:4:5:6'],
    ['2001:db8:1:2:3:4:5:6', 48, '2001:db8:1:0:0:0:0:0'],
    ['2001:db8:1:2ff:3:4:5:6', 56, '2001:db8:1:200:0:0:0:0'],
    ['ffff:ffff::', 17, 'ffff:8000:0:0:0:0:0:0'],
    ['ffff::', 1, '8000:0:0:0:0:0:0:0'],
    ['::', 64, '0:0:0:0:0:0:0:0'],
    ['::1', 128, '0:0:0:0:0:0:0:1'],
    ['1::', 128, '1:0:0:0:0:0:0:0'],
    ['1:2:3:4:5:6:7::', 128, '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', 128, '0:2:3:4:5:6:7:8'],
  ])('of %s, %i bits: %s', (address, prefix, key) => {
    expect(ipKey(address, prefix)).toBe(key);
  });

  it.each([
    ['case', '2001:DB8::A', '2001:db8::a'],
    ['leading zeros', '2001:0db8:0000:0000::000a', '2001:db8::a'],
    ['the place of ::', '2001:db8:0:0:0:0:0:a', '2001:db8::a'],
    ['a zone', 'fe80::1%eth0', 'fe80::1'],
    ['the kind of zone', 'fe80::1%eth0', 'fe80::1%3'],
  ])('does not depend on %s', (_what, a, b) => {
    expect(ipKey(a, 128)).toBe(ipKey(b, 128));
  });

  it.each(['::ffff:10.0.0.1', '::FFFF:10.0.0.1', '::ffff:a00:1', '0:0:0:0:0:ffff:a00:1', '0:0:0:0:0:ffff:10.0.0.1'])(
    'of %s is that of 10.0.0.1: mapped is how a dual-stack socket, or a proxy in front, spells it',
    (address) => {
      expect(ipKey(address, 64)).toBe('10.0.0.1');
    },
  );

  it.each([
    ':',
    ':::',
    '1:2:3',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    ':1:2:3:4:5:6:7',
    '12345::',
    'g::1',
    '1::-1',
    '[::1]:80',
    'unknown:x',
    '%:',
  ])('of what is no address, as %j, is the text itself', (text) => {
    expect(ipKey(text, 64)).toBe(text);
  });

  it('is one for all of a /64, and two for two of them', () => {
    const half = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 4, maxLength: 4 });
    const hex = (groups: number[]): string => groups.map((group) => group.toString(16)).join(':');
    fc.assert(
      fc.property(half, half, half, half, (network, host, other, otherHost) => {
        const key = ipKey(`${hex(network)}:${hex(host)}`, 64);
        expect(ipKey(`${hex(network)}:${hex(otherHost)}`, 64)).toBe(key);
        expect(ipKey(`${hex(other)}:${hex(host)}`, 64) === key).toBe(hex(network) === hex(other));
      }),
    );
  });

  it('never throws, and is stable', () => {
    const texts = fc.oneof(fc.string(), fc.ipV6(), fc.ipV4());
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 128 }), (text, prefix) => {
        const key = ipKey(text, prefix);
        expect(ipKey(key, prefix)).toBe(key);
      }),
    );
  });
});

describe('ipHash32', () => {
  it('is the hash of the key, for addresses of every kind and for what is none', () => {
    const addresses = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string(),
      fc.ipV4().map((address) => `::ffff:${address}`),
      fc.ipV4().map((address) => `${address}:8080`),
    );
    fc.assert(
      fc.property(addresses, fc.integer({ min: 1, max: 128 }), (address, prefix) => {
        expect(ipHash32(address, prefix)).toBe(hash32(ipKey(address, prefix)));
      }),
    );
  });
});
