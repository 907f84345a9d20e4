import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pool } from '../../lib/core/pool.js';
import { problemsOf } from '../../lib/core/problems.js';
import { type CookieStickyOptions, cookieSticky } from '../../lib/sticky/cookie.js';
import {
  affinityEnvironment,
  backendsOf,
  type ExchangeSpec,
  fakeExchange,
  homeBy,
  pinnedBy,
  thrownBy,
} from '../core/fakes.js';

function house(options: CookieStickyOptions = {}, balancer = 'default') {
  const members = backendsOf(1, 1, 1);
  const pool = new Pool(members);
  const environment = affinityEnvironment(balancer);
  return { ...environment, members, pool, affinity: cookieSticky.create(options, environment) };
}

type Record = ReturnType<typeof backendsOf>[0];

const withCookie = (value: string, name = 'fairlead.default') =>
  fakeExchange({ headers: ['Cookie', `${name}=${value}`] });

/** The Set-Cookie line that pins to the second of three backends. */
function setCookie(options: CookieStickyOptions = {}, spec: ExchangeSpec = {}): string {
  const { affinity, members, pool } = house(options);
  const exchange = fakeExchange(spec);
  affinity.find(exchange, pool);
  const [name, value, ...more] = pinnedBy(affinity, exchange, members[1] as Record);
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
      const line = pinnedBy(affinity, fakeExchange(), backend)[1] ?? '';
      const exchange = fakeExchange({ headers: ['Cookie', `a=1; ${line.split(';')[0]}; b=2`] });
      expect(affinity.find(exchange, pool)).toBe(backend);
    }
  });

  it('reads it in another process, with the backends in another order', () => {
    const line = setCookie();
    const { affinity, members } = house();
    const exchange = fakeExchange({ headers: ['Cookie', line.split(';')[0] ?? ''] });
    expect(homeBy(affinity, exchange, new Pool(members.toReversed()))).toBe('b');
  });

  it('prefers a value whose backend takes the client to one in front of it whose backend does not', () => {
    const { affinity, members, pool } = house();
    const [a, b] = members as [Record, Record];
    const [first, second] = [a, b].map((backend) => pinnedBy(affinity, fakeExchange(), backend)[1]?.split(';')[0]);
    const exchange = fakeExchange({ headers: ['Cookie', `${first}; ${second}`] });
    expect(affinity.find(exchange, pool)).toBe(a);
    pool.setState(a, 'maintenance');
    expect(affinity.find(exchange, pool)).toBe(b);
    pool.setState(b, 'maintenance');
    expect(affinity.find(exchange, pool)).toBe(a);
  });

  it('finds also who drains: that is for others to judge', () => {
    const { affinity, members, pool } = house();
    const [a] = members as [(typeof members)[0]];
    const line = pinnedBy(affinity, fakeExchange(), a)[1] ?? '';
    pool.setState(a, 'drain');
    expect(affinity.find(fakeExchange({ headers: ['Cookie', line.split(';')[0] ?? ''] }), pool)).toBe(a);
  });

  it('follows the pool when it is another', () => {
    const { affinity, pool } = house();
    const exchange = fakeExchange({ headers: ['Cookie', setCookie().split(';')[0] ?? ''] });
    expect(homeBy(affinity, exchange, pool)).toBe('b');
    expect(affinity.find(exchange, new Pool(backendsOf(1)))).toBe('ignored');
  });

  it.each([
    ['an empty one', ['Cookie', 'fairlead.default=']],
    ['the id in the clear', ['Cookie', 'fairlead.default=b']],
    ['a name every object has', ['Cookie', 'fairlead.default=constructor']],
    ['a cut one', ['Cookie', `fairlead.default=${valueIn(setCookie()).slice(1)}`]],
    ['one of another form', ['Cookie', `fairlead.default=${valueIn(setCookie())}.x`]],
    ['a signature nobody asked for', ['Cookie', `fairlead.default=${valueIn(setCookie({ secret: 'x' }))}`]],
    ['100 KB', ['Cookie', `fairlead.default=${'A'.repeat(100_000)}`]],
  ])('takes %s for no pin', (_what, headers) => {
    const { affinity, pool } = house();
    expect(affinity.find(fakeExchange({ headers }), pool)).toBe('ignored');
  });

  it.each([
    ['no cookie', []],
    ['another’s cookie', ['Cookie', 'session=1']],
    ['another pool’s cookie', ['Cookie', `fairlead.other=${valueIn(setCookie())}`]],
  ])('finds nothing in %s', (_what, headers) => {
    const { affinity, pool } = house();
    expect(affinity.find(fakeExchange({ headers }), pool)).toBeUndefined();
  });

  it('takes the first of several that is right, and gives up on a crowd', () => {
    const { affinity, pool } = house();
    const right = `fairlead.default=${valueIn(setCookie())}`;
    const cookies = (before: number) => Array(before).fill('fairlead.default=x').concat(right).join('; ');
    expect(homeBy(affinity, fakeExchange({ headers: ['Cookie', cookies(3)] }), pool)).toBe('b');
    expect(affinity.find(fakeExchange({ headers: ['Cookie', cookies(4000)] }), pool)).toBe('ignored');
  });

  it('takes whatever a client sends for no pin', () => {
    const { affinity, pool } = house();
    fc.assert(
      fc.property(fc.stringMatching(/^[\x20-\x7e]{0,40}$/), (value) => {
        expect(affinity.find(withCookie(value), pool)).not.toBeTypeOf('object');
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

describe('a value that is right', () => {
  const answer = (backend: Record, found: Record | undefined, headers: readonly string[] = []) => {
    return { backend, found, status: 200, headers };
  };

  it('is not set again', () => {
    const { affinity, members, pool } = house({ secret: 'x', maxLife: '1h' });
    const [a] = members as [Record];
    const value = valueIn(pinnedBy(affinity, fakeExchange(), a)[1] ?? '');
    const exchange = withCookie(value);
    expect(affinity.find(exchange, pool)).toBe(a);
    expect(affinity.pin?.(exchange, answer(a, a))).toEqual([]);
  });

  it('is written anew after a tenth of maxIdle, and keeps its age', () => {
    const { affinity, clock, members, pool } = house({ maxIdle: 1000, maxLife: 2500 });
    const [a] = members as [Record];
    let value = valueIn(pinnedBy(affinity, fakeExchange(), a)[1] ?? '');
    const visit = (): string | undefined => {
      const exchange = withCookie(value);
      if (affinity.find(exchange, pool) !== a) return undefined;
      return valueIn(affinity.pin?.(exchange, answer(a, a))[1] ?? '');
    };
    clock.advance(99);
    expect(visit()).toBe('');
    clock.advance(1);
    const second = visit() ?? '';
    expect(second).toMatch(/~/);
    expect(second).not.toBe(value);
    value = second;
    clock.advance(900);
    value = visit() ?? '';
    clock.advance(1000);
    value = visit() ?? '';
    expect(value).not.toBe('');
    // 2500 after it was first pinned, however often it was seen meanwhile.
    clock.advance(501);
    expect(visit()).toBeUndefined();
  });

  it('is signed anew when its secret is on the way out', () => {
    const old = house({ secret: 'old' });
    const { affinity, members, pool } = house({ secret: ['new', 'old'] });
    const [a] = members as [Record];
    const exchange = withCookie(valueIn(pinnedBy(old.affinity, fakeExchange(), a)[1] ?? ''));
    expect(affinity.find(exchange, pool)).toBe(a);
    const renewed = valueIn(affinity.pin?.(exchange, answer(a, a))[1] ?? '');
    const next = house({ secret: 'new' });
    expect(next.affinity.find(withCookie(renewed), next.pool)).toBe(next.members[0]);
  });

  it('says so when the client was sent elsewhere, with an age of its own', () => {
    const { affinity, clock, members, pool } = house({ maxLife: 1000 });
    const [a, b] = members as [Record, Record];
    const exchange = withCookie(valueIn(pinnedBy(affinity, fakeExchange(), a)[1] ?? ''));
    clock.advance(900);
    affinity.find(exchange, pool);
    const moved = valueIn(affinity.pin?.(exchange, answer(b, a))[1] ?? '');
    clock.advance(900);
    expect(homeBy(affinity, withCookie(moved), pool)).toBe('b');
  });

  it.each(['fairlead.default=mine; Path=/', ' fairlead.default = mine', 'fairlead.default=; Max-Age=0'])(
    'gives way to what the backend sets under that name: %j',
    (line) => {
      const { affinity, members } = house();
      const [a] = members as [Record];
      expect(affinity.pin?.(fakeExchange(), answer(a, undefined, ['set-cookie', line]))).toEqual([]);
      expect(affinity.pin?.(fakeExchange(), answer(a, undefined, ['Set-Cookie', `x${line}`]))).not.toEqual([]);
    },
  );
});

describe('two balancers with one cookie', () => {
  const other = ['x', 'y'];

  it('are refused where their paths are known to overlap', () => {
    const first = cookieSticky.create({ name: 'one', path: '/shop' }, affinityEnvironment('a'));
    const second = () => cookieSticky.create({ name: 'one', path: '/shop/cart' }, affinityEnvironment('b', other));
    expect(thrownBy(second)).toMatchObject({
      code: 'FAIRLEAD_OPTIONS',
      problems: [{ path: 'sticky.name', value: 'one' }],
    });
    first.close?.();
    expect(second).not.toThrow();
  });

  it('are warned of once, when requests show it', () => {
    const one = affinityEnvironment('same');
    const two = affinityEnvironment('same', other);
    const [first, second] = [cookieSticky.create({}, one), cookieSticky.create({}, two)];
    const [backend] = backendsOf(1) as [Record];
    pinnedBy(first, fakeExchange({ mount: '/a' }), backend);
    pinnedBy(second, fakeExchange({ mount: '/b' }), backend);
    expect([...one.warnings, ...two.warnings]).toEqual([]);
    for (let i = 0; i < 3; i++) pinnedBy(second, fakeExchange({ mount: '/a/b' }), backend);
    expect(two.warnings).toEqual([expect.stringMatching(/^cookie-collision: .*'fairlead\.same'.*\/a\/b/)]);
  });
});

it('that browsers drop is warned of once, when a request shows it', () => {
  const { affinity, members, warnings } = house({ sameSite: 'none' });
  pinnedBy(affinity, fakeExchange({ client: { scheme: 'https' } }), members[0] as Record);
  expect(warnings).toEqual([]);
  for (let i = 0; i < 3; i++) pinnedBy(affinity, fakeExchange(), members[0] as Record);
  expect(warnings).toEqual([expect.stringMatching(/^cookie-dropped: .*'fairlead\.default'.*sameSite 'none'/)]);
});

describe('options', () => {
  const problems = (value: unknown) => {
    const parsed = cookieSticky.options.safeParse(value);
    return parsed.success ? [] : problemsOf(parsed.error.issues, value);
  };

  it.each([
    {},
    { secret: 'x', maxIdle: '30m', maxLife: '1d' },
    { secret: ['new', 'old'], maxIdle: 1 },
    { name: 'lb', maxAge: '1h', path: '/', domain: 'example.com', httpOnly: false, secure: 'auto' },
    { secure: true, sameSite: 'none', partitioned: true },
    { domain: '.shop.Example.com' },
    { domain: `${'a'.repeat(63)}.example` },
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
    { domain: 'a..b' },
    { domain: 'a.-b' },
    { domain: `${'a'.repeat(64)}.example` },
    { httpOnly: 0 },
    { httpOnly: 'yes' },
    { secure: 'always' },
    { secure: 1 },
    { sameSite: 'Lax' },
    { sameSite: false },
    { partitioned: null },
    { maxIdle: 0 },
    { maxIdle: 'soon' },
    { maxLife: -1 },
    { maxLife: false },
  ])('refuse %j, and name it', (options) => {
    const [path] = Object.keys(options);
    expect(problems(options)).toMatchObject([{ path, value: Object.values(options)[0] }]);
  });

  it.each([{ secret: '' }, { secret: [] }, { secret: ['hunter2', ''] }, { secret: 7 }, { secert: 'hunter2' }])(
    'refuse %j, and do not print it',
    (options) => {
      const found = problems(options);
      expect(found).toHaveLength(1);
      expect(JSON.stringify(found)).not.toMatch(/hunter2|7/);
    },
  );

  it('refuse a secret that is undefined: an environment variable that is not set would sign nothing', () => {
    expect(problems({ secret: undefined })).toEqual([
      {
        path: 'secret',
        value: undefined,
        rule: expect.stringMatching(/^a text, or a list of texts, and not undefined/),
      },
    ]);
    expect(problems({ secret: ['new', undefined] })).toHaveLength(1);
  });

  it('refuse a Buffer as any other value', () => {
    expect(problems({ secret: Buffer.from('x') })).toMatchObject([{ rule: 'a text, or a list of texts' }]);
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

  // RFC 6265bis, 4.1.3.
  it.each([
    [{ name: '__Host-lb', domain: 'example.com' }, 'domain'],
    [{ name: '__host-lb', path: '/shop' }, 'path'],
    [{ name: '__Host-lb', secure: false }, 'secure'],
    [{ name: '__Secure-lb', secure: false }, 'secure'],
  ])('refuse %j: nor that one, for its name', (options, path) => {
    expect(problems(options)).toMatchObject([{ path, rule: expect.stringMatching(/browsers drop such a cookie$/) }]);
  });

  it.each([
    { name: '__Host-lb' },
    { name: '__Host-lb', path: '/', secure: true },
    { name: '__Secure-lb', path: '/shop', domain: 'example.com' },
  ])('take %j', (options) => {
    expect(problems(options)).toEqual([]);
  });
});
