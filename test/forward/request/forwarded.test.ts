import { describe, expect, it } from 'vitest';
import { addForwarded, type ForwardedOptions, isReplaced } from '../../../lib/forward/request/forwarded.js';
import { type ExchangeSpec, fakeExchange } from '../../core/fakes.js';

const ALL: ForwardedOptions = { xForwarded: true, standard: true, realIp: true, via: true };
const NONE: ForwardedOptions = { xForwarded: false, standard: false, realIp: false, via: false };
const X_ONLY: ForwardedOptions = { ...NONE, xForwarded: true };

/** What is said, by name. */
function said(spec: ExchangeSpec, options: ForwardedOptions = X_ONLY): Record<string, string> {
  const list: string[] = [];
  addForwarded(list, fakeExchange(spec), options, spec.mount ?? '');
  const names = list.filter((_text, i) => i % 2 === 0);
  expect(new Set(names).size).toBe(names.length);
  return Object.fromEntries(names.map((name, i) => [name, list[2 * i + 1] ?? '']));
}

const proxy = { peer: '10.0.0.1', address: '203.0.113.9', peerTrusted: true };
const claims = [
  'X-Forwarded-For',
  '198.51.100.1',
  'X-Forwarded-Proto',
  'https',
  'X-Forwarded-Host',
  'evil.example',
  'X-Forwarded-Port',
  '666',
  'X-Forwarded-Prefix',
  '/evil',
];

describe('from a peer nobody trusts', () => {
  it('is the socket’s and our own word only', () => {
    expect(said({ headers: ['Host', 'app.example', ...claims] })).toEqual({
      'X-Forwarded-For': '203.0.113.7',
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-Host': 'app.example',
      'X-Forwarded-Port': '80',
    });
  });

  it('with a mount says so', () => {
    expect(said({ headers: ['Host', 'app.example', ...claims], mount: '/api' })).toMatchObject({
      'X-Forwarded-Prefix': '/api',
    });
  });
});

describe('from a trusted peer', () => {
  it('X-Forwarded-For is added to, the rest stands, our mount comes behind its prefix', () => {
    const headers = ['Host', 'inside.example', ...claims];
    expect(said({ headers, mount: '/api', client: { ...proxy, scheme: 'https' } })).toEqual({
      'X-Forwarded-For': '198.51.100.1, 10.0.0.1',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Port': '666',
      'X-Forwarded-Prefix': '/evil/api',
    });
  });

  it('all lines of X-Forwarded-For count, in order', () => {
    const headers = ['X-Forwarded-For', '198.51.100.1', 'X-Forwarded-For', '10.0.0.2'];
    expect(said({ headers, client: proxy })).toMatchObject({ 'X-Forwarded-For': '198.51.100.1, 10.0.0.2, 10.0.0.1' });
  });

  it('what it does not say is ours to say', () => {
    expect(said({ headers: ['Host', 'app.example:8080'], client: proxy })).toEqual({
      'X-Forwarded-For': '10.0.0.1',
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-Host': 'app.example:8080',
      'X-Forwarded-Port': '8080',
    });
  });

  it('an empty line says nothing', () => {
    const headers = ['Host', 'app.example', 'X-Forwarded-For', '', 'X-Forwarded-Host', ''];
    expect(said({ headers, client: proxy })).toMatchObject({
      'X-Forwarded-For': '10.0.0.1',
      'X-Forwarded-Host': 'app.example',
    });
  });
});

describe('the port', () => {
  it.each([
    ['app.example', 'http', '80'],
    ['app.example', 'https', '443'],
    ['app.example:8443', 'https', '8443'],
    ['[::1]', 'http', '80'],
    ['[::1]:8080', 'http', '8080'],
    ['', 'http', '80'],
  ] as const)('of %j over %s is %s', (host, scheme, port) => {
    expect(said({ headers: ['Host', host], client: { scheme } })).toMatchObject({ 'X-Forwarded-Port': port });
  });
});

describe('the host', () => {
  it('is left out when there is none', () => {
    expect('X-Forwarded-Host' in said({})).toBe(false);
    expect('X-Forwarded-Host' in said({ headers: ['Host', ''] })).toBe(false);
  });

  it('of an HTTP/2 request is its authority', () => {
    const headers = [':authority', 'app.example:8443', ':scheme', 'https'];
    expect(said({ httpVersion: '2.0', headers, client: { scheme: 'https' } })).toMatchObject({
      'X-Forwarded-Host': 'app.example:8443',
      'X-Forwarded-Port': '8443',
    });
  });
});

describe('Forwarded', () => {
  const forwarded = (spec: ExchangeSpec): string | undefined => said(spec, { ...NONE, standard: true }).Forwarded;

  it.each([
    ['203.0.113.7', 'app.example', 'for=203.0.113.7;proto=http;host=app.example'],
    ['203.0.113.7', 'app.example:8080', 'for=203.0.113.7;proto=http;host="app.example:8080"'],
    ['203.0.113.7', '[::1]', 'for=203.0.113.7;proto=http;host="[::1]"'],
    ['2001:db8::7', 'app.example', 'for="[2001:db8::7]";proto=http;host=app.example'],
    ['203.0.113.7', '', 'for=203.0.113.7;proto=http'],
    ['203.0.113.7', 'a"b\\c', 'for=203.0.113.7;proto=http;host="a\\"b\\\\c"'],
  ])('of %s at %j is %s', (peer, host, expected) => {
    expect(forwarded({ headers: host === '' ? [] : ['Host', host], client: { peer } })).toBe(expected);
  });

  it('comes behind that of a trusted peer, and in place of that of any other', () => {
    const headers = ['Host', 'a', 'Forwarded', 'for=1.1.1.1', 'Forwarded', 'for=2.2.2.2'];
    expect(forwarded({ headers, client: proxy })).toBe('for=1.1.1.1, for=2.2.2.2, for=10.0.0.1;proto=http;host=a');
    expect(forwarded({ headers })).toBe('for=203.0.113.7;proto=http;host=a');
  });

  // RFC 7239, 6.3: what has no address is called unknown; `for=` with nothing behind it is no Forwarded at all.
  it('is well formed where the peer has no address (a Unix socket)', () => {
    expect(forwarded({ headers: ['Host', 'a'], client: { peer: '' } })).toMatch(/^(for=unknown;)?proto=http;host=a$/);
  });
});

describe('on a Unix socket, where nobody has an address', () => {
  const nobody = { peer: '', address: '' };

  it('X-Forwarded-For is not an empty line', () => {
    expect('X-Forwarded-For' in said({ client: nobody })).toBe(false);
  });

  it('X-Real-IP is not an empty line', () => {
    expect(said({ client: nobody }, { ...NONE, realIp: true })).toEqual({});
  });
});

describe('the rest', () => {
  it('is said only when asked for', () => {
    expect(said({ headers: ['Host', 'app.example'] }, NONE)).toEqual({});
    expect(said({ client: proxy }, { ...NONE, realIp: true })).toEqual({ 'X-Real-IP': '203.0.113.9' });
  });

  it.each(['1.0', '1.1', '2.0'] as const)('Via names the protocol the request came by: %s', (httpVersion) => {
    expect(said({ httpVersion }, { ...NONE, via: true })).toEqual({ Via: `${httpVersion} fairlead` });
  });
});

describe('isReplaced', () => {
  it.each([
    ['x-forwarded-for', ALL, true, true],
    ['x-forwarded-for', NONE, true, false],
    ['x-forwarded-for', ALL, false, true],
    ['x-forwarded-for', NONE, false, true],
    ['x-forwarded-proto', ALL, true, true],
    ['x-forwarded-host', ALL, true, true],
    ['x-forwarded-port', ALL, true, true],
    ['x-forwarded-prefix', ALL, true, true],
    ['x-forwarded-prefix', NONE, false, true],
    ['x-forwarded-user', ALL, true, false],
    ['x-forwarded-user', ALL, false, true],
    ['forwarded', ALL, true, true],
    ['forwarded', X_ONLY, true, false],
    ['forwarded', ALL, false, true],
    ['x-real-ip', ALL, true, true],
    ['x-real-ip', NONE, true, false],
    ['x-real-ip', NONE, false, true],
    ['via', ALL, false, false],
    ['x-forwarded', ALL, false, false],
    ['authorization', ALL, false, false],
  ] as const)('%s with %j, trusted %s: %s', (name, options, trusted, replaced) => {
    expect(isReplaced(name, trusted, options)).toBe(replaced);
  });
});
