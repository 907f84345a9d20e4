import { describe, expect, it } from 'vitest';
import { absoluteTarget, requestPath } from '../../../lib/forward/request/target.js';
import { fakeRequest } from '../../core/fakes.js';

const of = (url: string, method = 'GET'): string => requestPath(fakeRequest({ url, method }), 'stripped');

describe('the path for the backend', () => {
  it.each(['/', '/a//b/../c;x=1?q=%2F&r=a b#', '//evil.example/x', '/http://a/b', '/%00%zz', '/caf\xe9'])(
    'is %j as it came, byte for byte',
    (url) => {
      expect(of(url)).toBe(url);
      expect(absoluteTarget(url)).toBeUndefined();
    },
  );

  it.each([
    ['http://app.example/x?q=1', '/x?q=1', 'app.example'],
    ['HTTP://App.Example:8080//x', '//x', 'App.Example:8080'],
    ['https://app.example', '/', 'app.example'],
    ['http://app.example?q=1', '/?q=1', 'app.example'],
    ['http://user:pw@app.example/', '/', 'user:pw@app.example'],
    ['http:///x', '/x', ''],
  ])('of the absolute form %s is %s', (url, path, authority) => {
    expect(of(url)).toBe(path);
    expect(absoluteTarget(url)?.authority).toBe(authority);
  });

  it('of OPTIONS may be the server as a whole (RFC 9112, 3.2.4)', () => {
    expect(of('*', 'OPTIONS')).toBe('*');
    expect(of('http://app.example', 'OPTIONS')).toBe('*');
    expect(of('http://app.example/', 'OPTIONS')).toBe('/');
  });

  describe('under a mount', () => {
    const request = fakeRequest({ url: '/x', extra: { originalUrl: '/api/x', baseUrl: '/api' } });

    it('is without it, with it, or what a function says', () => {
      expect(requestPath(request, 'stripped')).toBe('/x');
      expect(requestPath(request, 'original')).toBe('/api/x');
      expect(requestPath(request, (given) => `/v2${given.url}`)).toBe('/v2/x');
    });

    it('is the target itself where nobody has cut anything off', () => {
      expect(requestPath(fakeRequest({ url: '/x' }), 'original')).toBe('/x');
    });
  });
});
