import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pool } from '../../lib/core/pool.js';
import { problemsOf } from '../../lib/core/problems.js';
import { type CookieStickyOptions, cookieSticky } from '../../lib/sticky/cookie.js';
import { backendsOf, type ExchangeSpec, fakeExchange } from '../core/fakes.js';

function house(options: CookieStickyOptions = {}, balancer = 'default') {
  const members = backendsOf(1, 1, 1);
  const pool = new Pool(members);
  return { members, pool, affinity: cookieSticky.create(options, balancer) };
}

/** The Set-Cookie line that pins to the second of three backends. */
function setCookie(options: CookieStickyOptions = {}, spec: ExchangeSpec = {}): string {
  const { affinity, members, pool } = house(options);
  const exchange = fakeExchange(spec);
  affinity.find(exchange, pool);
  const [name, value, ...more] = affinity.pin?.(exchange, members[1] as (typeof members)[0]) ?? [];
  expect(name).toBe('Set-Cookie');
  expect(more).toEqual([]);
  return value ?? '';
}

const attributes = (line: string): string[] => line.split('; ').slice(1);
const valueIn = (line: string): string => line.split(/[=;]/)[1] ?? '';

describe('find', () => {
  it('reads back what pin has written', () => {
    const { affinity, members, pool } = house();
    for (const backend of members) {
      const line = affinity.pin?.(fakeExchange(), backend)[1] ?? '';
      const exchange = fakeExchange({ headers: ['Cookie', `a=1; ${line.split(';')[0]}; b=2`] });
      expect(affinity.find(exchange, pool)).toBe(backend);
    }
  });

  it('reads it in another process, with the backends in another order', () => {
    const line = setCookie();
    const { affinity, members } = house();
    const exchange = fakeExchange({ headers: ['Cookie', line.split(';')[0] ?? ''] });
    expect(affinity.find(exchange, new Pool(members.toReversed()))?.id).toBe('b');
  });

  it('finds also who drains: that is for others to judge', () => {
    const { affinity, members, pool } = house();
    const [a] = members as [(typeof members)[0]];
    const line = affinity.pin?.(fakeExchange(), a)[1] ?? '';
    pool.setState(a, 'drain');
    expect(affinity.find(fakeExchange({ headers: ['Cookie', line.split(';')[0] ?? ''] }), pool)).toBe(a);
  });

  it('follows the pool when it is another', () => {
    const { affinity, pool } = house();
    const exchange = fakeExchange({ headers: ['Cookie', setCookie().split(';')[0] ?? ''] });
    expect(affinity.find(exchange, pool)?.id).toBe('b');
    expect(affinity.find(exchange, new Pool(backendsOf(1)))).toBeUndefined();
  });

  it.each([
    ['no cookie', []],
    ['another’s cookie', ['Cookie', 'session=1']],
    ['an empty one', ['Cookie', 'fairlead.default=']],
    ['the id in the clear', ['Cookie', 'fairlead.default=b']],
    ['a name every object has', ['Cookie', 'fairlead.default=constructor']],
    ['another pool’s cookie', ['Cookie', `fairlead.other=${valueIn(setCookie())}`]],
    ['a cut one', ['Cookie', `fairlead.default=${valueIn(setCookie()).slice(1)}`]],
  ])('takes %s for no pin', (_what, headers) => {
    const { affinity, pool } = house();
    expect(affinity.find(fakeExchange({ headers }), pool)).toBeUndefined();
  });

  it('takes whatever a client sends for no pin', () => {
    const { affinity, pool } = house();
    fc.assert(
      fc.property(fc.stringMatching(/^[\x20-\x7e]{0,40}$/), (value) => {
        const exchange = fakeExchange({ headers: ['Cookie', `fairlead.default=${value}`] });
        expect(affinity.find(exchange, pool)).toBeUndefined();
      }),
    );
  });
});

describe('pin', () => {
  it('sets a session cookie for the whole site, hidden from scripts, by default', () => {
    expect(setCookie()).toMatch(/^fairlead\.default=[A-Za-z0-9_-]{16}; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  it('tells neither address nor id', () => {
    const line = setCookie();
    expect(Buffer.from(valueIn(line), 'base64url').toString('latin1')).not.toMatch(/10\.0\.0|http/);
    expect(valueIn(line)).not.toBe('b');
  });

  it('is named after the balancer, unless it has a name of its own', () => {
    expect(house({}, 'api').affinity.cookie).toBe('fairlead.api');
    expect(house({ name: 'lb' }, 'api').affinity.cookie).toBe('lb');
  });

  it.each<[string, CookieStickyOptions, ExchangeSpec, string[]]>([
    ['the mount path', {}, { mount: '/api' }, ['Path=/api', 'HttpOnly', 'SameSite=Lax']],
    ['a path of its own', { path: '/x' }, { mount: '/api' }, ['Path=/x', 'HttpOnly', 'SameSite=Lax']],
    ['TLS', {}, { client: { scheme: 'https' } }, ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax']],
    ['TLS, secure off', { secure: false }, { client: { scheme: 'https' } }, ['Path=/', 'HttpOnly', 'SameSite=Lax']],
    ['no TLS, secure on', { secure: true }, {}, ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax']],
    ['maxAge', { maxAge: '1h' }, {}, ['Max-Age=3600', 'Path=/', 'HttpOnly', 'SameSite=Lax']],
    ['maxAge in ms', { maxAge: 1999 }, {}, ['Max-Age=1', 'Path=/', 'HttpOnly', 'SameSite=Lax']],
    ['a domain', { domain: 'example.com' }, {}, ['Domain=example.com', 'Path=/', 'HttpOnly', 'SameSite=Lax']],
    ['scripts allowed', { httpOnly: false }, {}, ['Path=/', 'SameSite=Lax']],
    ['SameSite', { sameSite: 'strict' }, {}, ['Path=/', 'HttpOnly', 'SameSite=Strict']],
    ['CHIPS', { partitioned: true, secure: true }, {}, ['Path=/', 'HttpOnly', 'Secure', 'Partitioned', 'SameSite=Lax']],
  ])('with %s', (_what, options, spec, expected) => {
    expect(attributes(setCookie(options, spec)).sort()).toEqual(expected.sort());
  });

  it.each(['/a;b', '/caf\xe9', '/a b', '/x;Domain=evil.example'])(
    'under the mount %j, which a route with parameters lets a client choose, neither throws nor adds attributes',
    (mount) => {
      const line = setCookie({}, { mount });
      expect(line).not.toMatch(/Domain/);
      expect(line).toMatch(/^fairlead\.default=[A-Za-z0-9_-]{16}; Path=\/[^;]*; HttpOnly; SameSite=Lax$/);
    },
  );
});

describe('options', () => {
  const problems = (value: unknown) => {
    const parsed = cookieSticky.options.safeParse(value);
    return parsed.success ? [] : problemsOf(parsed.error.issues, value);
  };

  it.each([
    {},
    { name: 'lb', maxAge: '1h', path: '/', domain: 'example.com', httpOnly: false, secure: 'auto' },
    { secure: true, sameSite: 'none', partitioned: true },
    { name: undefined, maxAge: undefined, secure: undefined, sameSite: undefined },
  ])('take %j', (options) => {
    expect(problems(options)).toEqual([]);
  });

  it.each([
    { name: '' },
    { name: 'a b' },
    { name: 'a;b' },
    { name: 'a=b' },
    { name: 7 },
    { maxAge: 999 },
    { maxAge: 0 },
    { maxAge: 'soon' },
    { maxAge: null },
    { path: 'api' },
    { path: '/a;Domain=b' },
    { path: '/a\r\nb' },
    { domain: '' },
    { domain: 'a;b' },
    { httpOnly: 0 },
    { httpOnly: 'yes' },
    { secure: 'always' },
    { secure: 1 },
    { sameSite: 'Lax' },
    { sameSite: false },
    { partitioned: null },
    // Of the contract, and not built yet.
    { secret: 'x' },
    { maxIdle: 1000 },
    { maxLife: 1000 },
    { onLost: 'reject' },
  ])('refuse %j, and name it', (options) => {
    const [path] = Object.keys(options);
    expect(problems(options)).toMatchObject([{ path, value: Object.values(options)[0] }]);
  });

  it('suggest what was meant', () => {
    expect(problems({ httponly: true })).toMatchObject([{ rule: "there is no such option; did you mean 'httpOnly'?" }]);
  });

  // RFC 6265bis, 5.7: browsers drop a cookie with SameSite=None or Partitioned that is not Secure; all sessions would be lost.
  it.each([
    { sameSite: 'none', secure: false },
    { partitioned: true, secure: false },
  ])('refuse %j: no browser keeps that cookie', (options) => {
    expect(problems(options)).toHaveLength(1);
  });
});
