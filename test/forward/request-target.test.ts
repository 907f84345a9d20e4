import { describe, expect, it } from 'vitest';
import { requestTarget } from '../../lib/forward/request-target.js';
import { fakeRequest } from '../core/fakes.js';

const of = (url: string, method = 'GET') => requestTarget(fakeRequest({ url, method }), 'stripped');

describe('requestTarget', () => {
  it.each(['/', '/a//b/../c;x=1?q=%2F&r=a b#', '//evil.example/x', '/http://a/b', '/%00%zz', '/caf\xe9'])(
    'leaves %j as it is, byte for byte',
    (url) => {
      expect(of(url)).toEqual({ path: url, authority: undefined });
    },
  );

  it.each([
    ['http://app.example/x?q=1', '/x?q=1', 'app.example'],
    ['HTTP://App.Example:8080//x', '//x', 'App.Example:8080'],
    ['https://app.example', '/', 'app.example'],
    ['http://app.example?q=1', '/?q=1', 'app.example'],
    ['http://user:pw@app.example/', '/', 'user:pw@app.example'],
    ['http:///x', '/x', ''],
  ])('takes the absolute form %s apart', (url, path, authority) => {
    expect(of(url)).toEqual({ path, authority });
  });

  it('of OPTIONS asks for the server as a whole (RFC 9112, 3.2.4)', () => {
    expect(of('*', 'OPTIONS')).toEqual({ path: '*', authority: undefined });
    expect(of('http://app.example', 'OPTIONS')).toEqual({ path: '*', authority: 'app.example' });
    expect(of('http://app.example/', 'OPTIONS')).toEqual({ path: '/', authority: 'app.example' });
  });

  describe('under a mount', () => {
    const request = fakeRequest({ url: '/x', extra: { originalUrl: '/api/x', baseUrl: '/api' } });

    it('is without it, with it, or what a function says', () => {
      expect(requestTarget(request, 'stripped').path).toBe('/x');
      expect(requestTarget(request, 'original').path).toBe('/api/x');
      expect(requestTarget(request, (given) => `/v2${given.url}`).path).toBe('/v2/x');
    });

    it('is the target itself where nobody has cut anything off', () => {
      expect(requestTarget(fakeRequest({ url: '/x' }), 'original').path).toBe('/x');
    });
  });
});
