import { describe, expect, it } from 'vitest';
import { hash32 } from '../../lib/util/hash.js';
import { type HashKey, hashKeySchema, requestHash, requestKey } from '../../lib/util/request-key.js';
import { fakeRequest, type RequestSpec } from '../core/fakes.js';

const ADDRESS = '203.0.113.7';
const hashOf = (key: HashKey, request: RequestSpec = {}, address = ADDRESS): number =>
  requestHash(key)({ key: address, request: fakeRequest(request) });

describe('the key of a request', () => {
  it.each<[string, HashKey, RequestSpec, string]>([
    ['the address', 'ip', {}, ADDRESS],
    ['the path', 'path', { url: '/a/b?c=d' }, '/a/b'],
    ['the path as the client sent it', 'path', { url: '/b', extra: { originalUrl: '/api/b' } }, '/api/b'],
    ['a header, in any case', { header: 'X-Tenant' }, { headers: ['x-TENANT', 'blue'] }, 'blue'],
    ['a header that is absent', { header: 'x-tenant' }, {}, ADDRESS],
    ['a header that is empty', { header: 'x-tenant' }, { headers: ['x-tenant', ''] }, ADDRESS],
    ['a header by the name of a method', { header: 'constructor' }, {}, ADDRESS],
    ['a cookie', { cookie: 'sid' }, { headers: ['cookie', 'other=1; sid=abc'] }, 'abc'],
    ['a cookie that is absent', { cookie: 'sid' }, { headers: ['cookie', 'other=1'] }, ADDRESS],
    ['a query parameter, decoded', { query: 'q' }, { url: '/?p=1&q=a%20b' }, 'a b'],
    ['a query parameter that is absent', { query: 'q' }, { url: '/?p=1' }, ADDRESS],
    ['no query at all', { query: 'q' }, { url: '/' }, ADDRESS],
    ['a function', (request) => request.method ?? '', { method: 'PUT' }, 'PUT'],
    ['a function that says nothing', () => '', {}, ADDRESS],
  ])('%s', (_what, key, request, text) => {
    expect(hashOf(key, request)).toBe(hash32(text));
  });

  it('of IPv6 the first 64 bits count, where the address stands in too', () => {
    for (const key of ['ip', { header: 'x-none' }] as const) {
      expect(hashOf(key, {}, '2001:db8:1:2::3')).toBe(hashOf(key, {}, '2001:db8:1:2:ffff::9'));
      expect(hashOf(key, {}, '2001:db8:1:2::3')).not.toBe(hashOf(key, {}, '2001:db8:1:3::3'));
      expect(hashOf(key, {}, '::ffff:10.0.0.1')).toBe(hashOf(key, {}, '10.0.0.1'));
    }
  });

  it('a function of the user’s own may throw', () => {
    const key = (): string => {
      throw new Error('mine');
    };
    expect(() => hashOf(key)).toThrow('mine');
  });
});

describe('the key of a request as a text', () => {
  const textOf = (key: HashKey, request: RequestSpec = {}, address = ADDRESS): string =>
    requestKey(key)({ client: { address }, request: fakeRequest(request) });
  const tenant = { header: 'x-tenant' };

  it('is the address, of IPv6 its first 64 bits, where nothing else is asked for or there', () => {
    expect(textOf('ip')).toBe(textOf(tenant));
    expect(textOf(tenant)).toBe(textOf(tenant, { headers: ['x-tenant', ''] }));
    expect(textOf('ip', {}, '2001:db8:1:2::3')).toBe(textOf('ip', {}, '2001:db8:1:2:ffff::9'));
    expect(textOf('ip', {}, '2001:db8:1:2::3')).not.toBe(textOf('ip', {}, '2001:db8:1:3::3'));
  });

  it('is never another client’s address, whatever the client sends', () => {
    expect(textOf(tenant, { headers: ['x-tenant', textOf('ip')] })).not.toBe(textOf('ip'));
    expect(textOf(tenant, { headers: ['x-tenant', ADDRESS] })).not.toBe(textOf('ip'));
  });

  it('is short however long the value is, and still the value’s own', () => {
    const long = (end: string): string => textOf(tenant, { headers: ['x-tenant', `${'a'.repeat(10_000)}${end}`] });
    expect(long('x').length).toBeLessThanOrEqual(65);
    expect(long('x')).toBe(long('x'));
    expect(long('x')).not.toBe(long('y'));
    expect(textOf(tenant, { headers: ['x-tenant', 'a'.repeat(64)] })).toBe(`=${'a'.repeat(64)}`);
  });

  it('a function of the user’s own may throw, or say nothing', () => {
    expect(textOf(() => '')).toBe(textOf('ip'));
    expect(() =>
      textOf(() => {
        throw new Error('mine');
      }),
    ).toThrow('mine');
  });
});

it.each([
  null,
  7,
  'host',
  {},
  { header: 7 },
  { cookie: '' },
  { header: 'a', query: 'b' },
  { body: 'a' },
  ['ip'],
  { header: 'x y' },
  { cookie: 'a;b' },
])('no key is %j', (value) => {
  expect(hashKeySchema.safeParse(value).success).toBe(false);
});
