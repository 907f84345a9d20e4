import { describe, expect, it } from 'vitest';
import { backendSchema, backendsSchema } from '../../lib/core/backend-schema.js';
import { problemsOf } from '../../lib/core/problems.js';

function problems(value: unknown, schema: typeof backendSchema | typeof backendsSchema = backendSchema) {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : problemsOf(parsed.error.issues, value);
}

const inList = (...list: unknown[]) => problems(list, backendsSchema);

describe('a backend', () => {
  it.each([
    'http://10.0.0.1:3000',
    'https://example.com',
    'http://[::1]:8080/',
    'unix:/run/app.sock',
    'unix:///run/app.sock',
    new URL('http://10.0.0.1'),
    { url: 'http://a' },
    { url: new URL('http://a'), id: 'a', weight: 0.5, metadata: { rack: 7 } },
    { url: 'http://a', id: undefined, weight: undefined, metadata: undefined },
    { url: 'http://a', weight: 1000, id: '!'.repeat(128) },
    { url: 'http://a', priority: 0, backup: false, zone: 'eu-1', slowStart: 0 },
    { url: 'http://a', priority: 1, backup: true, zone: 'x'.repeat(128), slowStart: '30s' },
    { url: 'http://a', priority: 7, backup: undefined, zone: undefined, slowStart: undefined },
    { url: 'http://a', priority: undefined, backup: true },
  ])('may be %o', (value) => {
    expect(problems(value)).toEqual([]);
  });

  it('comes out as an object', () => {
    expect(backendSchema.parse('http://a')).toEqual({ url: 'http://a' });
  });

  const URL_RULES = {
    none: "a URL as in 'http://10.0.0.1:3000'",
    scheme: 'a URL that begins with http://, https:// or unix:',
    socket: "a socket's absolute path, as in 'unix:/run/app.sock'",
    user: 'a URL without user and password',
    path: 'a URL without path, query or fragment: requests keep their own path',
  };
  it.each([
    ['', URL_RULES.none],
    ['localhost', URL_RULES.none],
    ['http://', URL_RULES.none],
    ['http://a:99999', URL_RULES.none],
    ['localhost:3000', URL_RULES.scheme],
    ['ftp://a', URL_RULES.scheme],
    ['ws://a', URL_RULES.scheme],
    ['http://me@a', URL_RULES.user],
    ['http://me:pw@a', URL_RULES.user],
    ['http://a/base', URL_RULES.path],
    ['http://a/?q=1', URL_RULES.path],
    ['http://a/#top', URL_RULES.path],
    ['unix:run/app.sock', URL_RULES.socket],
    ['unix:', URL_RULES.socket],
    // Two slashes make `run` a host, and the path /app.sock: never what was meant.
    ['unix://run/app.sock', URL_RULES.socket],
    ['unix:/run/app.sock?x', URL_RULES.socket],
  ])('is not at %j', (url, rule) => {
    // A password is not to stand in a log.
    const value = url.replace(/\/\/me(:pw)?@/, '//***@');
    expect(problems(url)).toEqual([{ path: '', value, rule }]);
    expect(problems({ url })).toEqual([{ path: 'url', value, rule }]);
    expect(inList('http://ok', url)).toEqual([{ path: '[1]', value, rule }]);
    expect(inList({ url })).toEqual([{ path: '[0].url', value, rule }]);
  });

  it.each([
    [{ weight: 0 }, 'weight', 'above 0'],
    [{ weight: -1 }, 'weight', 'above 0'],
    [{ weight: 1000.5 }, 'weight', 'at most 1000'],
    [{ weight: '2' }, 'weight', 'a number'],
    [{ weight: Number.NaN }, 'weight', 'a number'],
    [{ weight: null }, 'weight', 'a number'],
    [{ id: '' }, 'id', '1 to 128 printable ASCII characters without spaces'],
    [{ id: 'a b' }, 'id', '1 to 128 printable ASCII characters without spaces'],
    [{ id: 'é' }, 'id', '1 to 128 printable ASCII characters without spaces'],
    [{ id: 'a\n' }, 'id', '1 to 128 printable ASCII characters without spaces'],
    [{ id: 'x'.repeat(129) }, 'id', '1 to 128 printable ASCII characters without spaces'],
    [{ priority: -1 }, 'priority', 'at least 0'],
    [{ priority: 0.5 }, 'priority', 'a whole number'],
    [{ priority: '1' }, 'priority', 'a whole number'],
    [{ backup: 1 }, 'backup', 'true or false'],
    ...[
      { backup: true, priority: 0 },
      { backup: true, priority: 2 },
      { backup: false, priority: 1 },
    ].map((both): [object, string, string] => [
      both,
      'backup',
      'not beside another priority: true is priority 1, false is 0; give one of the two',
    ]),
    [{ zone: '' }, 'zone', '1 to 128 printable ASCII characters without spaces'],
    [{ zone: 1 }, 'zone', 'a string'],
    [{ slowStart: -1 }, 'slowStart', "a duration of at least 0 ms: a number of milliseconds, or a text as in '30s'"],
    [{ maxConnections: 0 }, 'maxConnections', 'at least 1'],
    [{ maxConnections: 1.5 }, 'maxConnections', 'a whole number'],
    [{ maxConnections: '8' }, 'maxConnections', 'a whole number'],
    [{ metadata: 'rack 7' }, 'metadata', 'an object'],
    [{ wieght: 2 }, 'wieght', "there is no such option; did you mean 'weight'?"],
  ])('with %o has one problem', (members, path, rule) => {
    const value = { url: 'http://a', ...members };
    expect(problems(value)).toEqual([{ path, value: Reflect.get(value, path), rule }]);
  });

  it('has all its problems told at once', () => {
    const value = { url: 'nowhere', weight: 0, id: '', color: 1 };
    expect(problems(value).map(({ path }) => path)).toEqual(['url', 'id', 'weight', 'color']);
  });

  it.each([null, 42, true, undefined, ['http://a']])('is not %j', (value) => {
    expect(inList(value)).toMatchObject([
      {
        path: '[0]',
        rule: 'an object with url, id, weight, priority, backup, zone, maxConnections, slowStart, health, metadata',
      },
    ]);
  });

  it('has a URL', () => {
    expect(problems({})).toEqual([{ path: 'url', value: undefined, rule: 'a URL, as string or URL object' }]);
  });
});

describe('a list of backends', () => {
  it('may be empty', () => {
    expect(inList()).toEqual([]);
  });

  it.each([undefined, null, 'http://a', { url: 'http://a' }])('is not %j', (value) => {
    expect(problems(value, backendsSchema)).toEqual([
      { path: '', value, rule: 'an array of URLs or of objects with a url' },
    ]);
  });

  it('has the problems of every entry', () => {
    expect(inList('nope', 'http://ok', { url: 'http://b', weight: -1 }).map(({ path }) => path)).toEqual([
      '[0]',
      '[2].weight',
    ]);
  });

  it.each([
    ['one URL twice', ['http://a', 'http://a:80/']],
    [
      'one id twice',
      [
        { url: 'http://a', id: 'x' },
        { url: 'http://b', id: 'x' },
      ],
    ],
  ])('has %s only by mistake', (_what, list) => {
    expect(inList(...list)).toEqual([
      {
        path: '[1]',
        value: list[1],
        rule: 'the same id as backends[0]; give each an id of its own if one URL is meant twice',
      },
    ]);
  });

  it('may have one URL under two ids', () => {
    expect(inList({ url: 'http://a', id: 'x' }, { url: 'http://a', id: 'y' })).toEqual([]);
  });
});
