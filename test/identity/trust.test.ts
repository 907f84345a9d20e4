import express from 'express';
import { describe, expect, it } from 'vitest';
import { trustOfApp, trustSchema } from '../../lib/identity/trust.js';
import { fakeRequest } from '../core/fakes.js';

/** Whether the setting trusts this address, so many proxies away. */
function trusts(setting: unknown, address: string, hop = 0): boolean | undefined {
  return trustSchema.parse(setting)?.(address, hop);
}

describe('trustSchema', () => {
  it.each([
    ['loopback', '127.0.0.1', true],
    ['loopback', '::1', true],
    ['loopback', '10.0.0.1', false],
    ['linklocal', '169.254.1.1', true],
    ['linklocal', 'fe80::1', true],
    ['uniquelocal', '10.0.0.1', true],
    ['uniquelocal', '192.168.1.1', true],
    ['uniquelocal', 'fc00::1', true],
    ['uniquelocal', '203.0.113.7', false],
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '::ffff:10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/255.0.0.0', '10.1.2.3', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['loopback, 10.0.0.0/8', '10.0.0.1', true],
    ['loopback,10.0.0.0/8', '127.0.0.1', true],
    [['loopback', '10.0.0.0/8'], '10.0.0.1', true],
    [['loopback', '10.0.0.0/8'], '203.0.113.7', false],
    [[], '127.0.0.1', false],
    [false, '127.0.0.1', false],
  ] as const)('%j and %s: %s', (setting, address, trusted) => {
    expect(trusts(setting, address)).toBe(trusted);
  });

  it('of a text that is no address trusts nobody', () => {
    expect(trusts('10.0.0.0/8', 'unknown')).toBe(false);
    expect(trusts('loopback', '')).toBe(false);
  });

  it.each([
    [0, [false, false, false]],
    [1, [true, false, false]],
    [2, [true, true, false]],
  ])('counts %i hops', (hops, trusted) => {
    expect([0, 1, 2].map((hop) => trusts(hops, '203.0.113.7', hop))).toEqual(trusted);
  });

  it('takes a function as it is', () => {
    const own = (): boolean => true;
    expect(trustSchema.parse(own)).toBe(own);
  });

  it('leaves it open when nothing is said', () => {
    expect(trustSchema.parse(undefined)).toBeUndefined();
  });

  it.each([
    null,
    '',
    'everyone',
    '10.0.0.0/33',
    '10.0.0.256',
    'loopback, everyone',
    ['loopback', 'everyone'],
    [1],
    [null],
    -1,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    {},
    10n,
  ])('refuses %o', (setting) => {
    const parsed = trustSchema.safeParse(setting);
    expect(parsed.error?.issues.map(({ message }) => message)).toEqual([
      "addresses or subnets, 'loopback', 'linklocal' or 'uniquelocal', a number of hops, or a function",
    ]);
  });

  it('refuses true and says why', () => {
    const parsed = trustSchema.safeParse(true);
    expect(parsed.error?.issues[0]?.message).toMatch(/; not true, since then anyone could claim any address$/);
  });
});

describe('trustOfApp', () => {
  it('is what the Express app is set to', () => {
    const app = express();
    app.set('trust proxy', '10.0.0.0/8');
    const trust = trustOfApp(fakeRequest({ extra: { app } }));
    expect(trust('10.0.0.1', 0)).toBe(true);
    expect(trust('203.0.113.7', 0)).toBe(false);
  });

  it('is nobody with a fresh Express app', () => {
    expect(trustOfApp(fakeRequest({ extra: { app: express() } }))('127.0.0.1', 0)).toBe(false);
  });

  it.each([
    ['no app', {}],
    ['no app, but something by that name', { app: 'my app' }],
    ['null', { app: null }],
    ['an app that knows no such setting', { app: { get: () => undefined } }],
    ['an app whose setting is no function', { app: { get: () => true } }],
  ])('is nobody with %s', (_what, extra) => {
    expect(trustOfApp(fakeRequest({ extra }))('127.0.0.1', 0)).toBe(false);
  });
});
