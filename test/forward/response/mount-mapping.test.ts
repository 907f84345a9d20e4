import { describe, expect, it } from 'vitest';
import { mappedToMount } from '../../../lib/forward/response/mount-mapping.js';
import { type ExchangeSpec, fakeExchange, one } from '../../core/fakes.js';

const UNDER_API: ExchangeSpec = { mount: '/api', headers: ['Host', 'app.example'] };

const mapped = (name: string, value: string, spec: ExchangeSpec = UNDER_API): string =>
  mappedToMount(name, value, fakeExchange(spec), one('http://10.0.0.1:3000'));

describe.each(['location', 'content-location'])('%s', (name) => {
  it.each([
    ['/x', '/api/x'],
    ['/', '/api/'],
    ['/x?next=/y#z', '/api/x?next=/y#z'],
    ['/apix', '/api/apix'],
    // A backend that heeds X-Forwarded-Prefix has put it there itself.
    ['/api', '/api'],
    ['/api/x', '/api/x'],
    ['/api?q', '/api?q'],
    // Relative to what was asked for, so right already.
    ['x', 'x'],
    ['?q', '?q'],
    ['../x', '../x'],
    ['', ''],
    // Elsewhere.
    ['https://other.example/x', 'https://other.example/x'],
    ['//other.example/x', '//other.example/x'],
    ['mailto:me@app.example', 'mailto:me@app.example'],
    ['http://', 'http://'],
  ])('%j is %j', (value, expected) => {
    expect(mapped(name, value)).toBe(expected);
  });

  it.each([
    ['http://10.0.0.1:3000/x', 'http', 'http://app.example/api/x'],
    ['http://10.0.0.1:3000', 'http', 'http://app.example/api/'],
    ['http://10.0.0.1:3000/x', 'https', 'https://app.example/api/x'],
    ['http://10.0.0.1:3001/x', 'http', 'http://10.0.0.1:3001/x'],
    ['http://app.example/x?q#f', 'http', 'http://app.example/api/x?q#f'],
    ['https://app.example/x', 'http', 'https://app.example/api/x'],
    ['HTTP://APP.example/x', 'http', 'http://app.example/api/x'],
    ['http://app.example/api/x', 'http', 'http://app.example/api/x'],
  ] as const)('%s to a client over %s is %s', (value, scheme, expected) => {
    expect(mapped(name, value, { ...UNDER_API, client: { scheme } })).toBe(expected);
  });

  it('of an HTTP/2 request leads to its authority', () => {
    const spec: ExchangeSpec = { mount: '/api', httpVersion: '2.0', headers: [':authority', 'app.example'] };
    expect(mapped(name, 'http://10.0.0.1:3000/x', spec)).toBe('http://app.example/api/x');
    expect(mapped(name, 'http://app.example/x', spec)).toBe('http://app.example/api/x');
  });

  it('leads a client behind a trusted proxy to the host it asked for there', () => {
    const headers = ['Host', 'inside.example', 'X-Forwarded-Host', 'app.example'];
    const client = { peerTrusted: true, scheme: 'https' as const };
    expect(mapped(name, 'http://10.0.0.1:3000/x', { mount: '/api', headers, client })).toBe(
      'https://app.example/api/x',
    );
  });

  it('never names the backend to a client that named no host', () => {
    expect(mapped(name, 'http://10.0.0.1:3000/x', { mount: '/api', httpVersion: '1.0' })).toMatch(/^\/api\/x$/);
  });
});

describe('set-cookie', () => {
  it.each([
    ['a=1; Path=/', 'a=1; Path=/api'],
    ['a=1; Path=/x; HttpOnly', 'a=1; Path=/api/x; HttpOnly'],
    ['a=1; HttpOnly; path=/x', 'a=1; HttpOnly; path=/api/x'],
    ['a=1;Path=/x;Secure', 'a=1;Path=/api/x;Secure'],
    ['a=1; Path=/api', 'a=1; Path=/api'],
    ['a=1; Path=/api/x', 'a=1; Path=/api/x'],
    ['a=1; Path=/ ; Secure', 'a=1; Path=/api; Secure'],
    // Without a path the browser takes that of the request, mount included.
    ['a=1', 'a=1'],
    ['a=1; HttpOnly', 'a=1; HttpOnly'],
    ['a=1; Path=', 'a=1; Path='],
    ['a=1; Path=x', 'a=1; Path=x'],
    ['path=/x', 'path=/x'],
    ['a=";Path=/x"', 'a=";Path=/api/x"'],
  ])('%j is %j', (value, expected) => {
    expect(mapped('set-cookie', value)).toBe(expected);
  });

  it('gets no attribute from a mount that a client has written (as under /:tenant)', () => {
    const spec: ExchangeSpec = { mount: '/t;Domain=example', headers: ['Host', 'app.example'] };
    expect(mapped('set-cookie', 'session=1; Path=/; HttpOnly', spec)).not.toMatch(/Domain=/);
  });
});

it.each(['link', 'refresh', 'x-location', 'etag'])('%s is not touched', (name) => {
  expect(mapped(name, '/x')).toBe('/x');
});
