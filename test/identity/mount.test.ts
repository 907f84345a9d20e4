import express from 'express';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mountOf, originalTarget } from '../../lib/identity/mount.js';
import { fakeRequest, fakeResponse } from '../core/fakes.js';

/** What `app` leads a request for `url` to: where it is mounted, and what was asked for. */
function through(build: (app: express.Express, seen: express.Handler) => void, url: string) {
  const found: { mount: string; target: string }[] = [];
  const app = express();
  build(app, (request, _response, next) => {
    found.push({ mount: mountOf(request), target: originalTarget(request) });
    next();
  });
  const request = fakeRequest({ url });
  app(request as express.Request, fakeResponse(request).response as express.Response, () => {});
  return found;
}

describe('under Express', () => {
  it.each([
    ['at the root', '/x/y?q=1', '', (app: express.Express, seen: express.Handler) => app.use(seen)],
    ['under a path', '/api/x?q=1', '/api', (app: express.Express, seen: express.Handler) => app.use('/api', seen)],
    ['at just the path', '/api?q=1', '/api', (app: express.Express, seen: express.Handler) => app.use('/api', seen)],
    ['in a slash', '/api/', '/api', (app: express.Express, seen: express.Handler) => app.use('/api/', seen)],
    [
      'in a router in a router',
      '/a/b/c',
      '/a/b',
      (app: express.Express, seen: express.Handler) => app.use('/a', express.Router().use('/b', seen)),
    ],
    [
      'in a mounted app',
      '/a/b/c',
      '/a/b',
      (app: express.Express, seen: express.Handler) => app.use('/a', express().use('/b', seen)),
    ],
    ['under a pattern', '/t1/x', '/t1', (app: express.Express, seen: express.Handler) => app.use('/:tenant', seen)],
    ['in a route', '/api/x', '', (app: express.Express, seen: express.Handler) => app.get('/api/x', seen)],
  ])('%s', (_what, url, mount, build) => {
    expect(through((app, seen) => void build(app, seen), url)).toEqual([{ mount, target: url }]);
  });
});

describe('under Connect', () => {
  /** As Connect's `handle` does it: the mount is cut off, and a slash put in front of what is left. */
  function mounted(mount: string, rest: string) {
    const url = rest.startsWith('/') ? rest : `/${rest}`;
    return fakeRequest({ url, extra: { originalUrl: mount + rest } });
  }

  it.each([
    ['/api', '/x?q=1'],
    ['/api', ''],
    ['/api', '/'],
    ['/api', '?q=1'],
    ['/api', '/api'],
    ['/api', '/api/api'],
    ['/a/b', '/c//d'],
    ['', '/x'],
  ])('%j then %j', (mount, rest) => {
    const request = mounted(mount, rest);
    expect(mountOf(request)).toBe(mount);
    expect(originalTarget(request)).toBe(mount + rest);
  });

  it('whatever the mount and the target', () => {
    const mounts = fc.stringMatching(/^(\/[a-z0-9.-]{1,4}){1,3}$/);
    const rests = fc.stringMatching(/^(\/[a-z0-9.-]{0,4}){0,3}(\?[a-z/=?]{0,6})?$/);
    fc.assert(
      fc.property(mounts, rests, (mount, rest) => {
        expect(mountOf(mounted(mount, rest))).toBe(mount);
      }),
    );
  });
});

describe('under nothing', () => {
  it('is mounted nowhere', () => {
    const request = fakeRequest({ url: '/x?q=1' });
    expect(mountOf(request)).toBe('');
    expect(originalTarget(request)).toBe('/x?q=1');
  });

  it('takes a target that a middleware has rewritten for no mount', () => {
    expect(mountOf(fakeRequest({ url: '/new', extra: { originalUrl: '/old/page' } }))).toBe('');
  });

  it.each([
    ['*', '*'],
    [undefined, ''],
  ])('target %s', (url, target) => {
    const request = fakeRequest({ extra: { url } });
    expect(mountOf(request)).toBe('');
    expect(originalTarget(request)).toBe(target);
  });

  it.each([7, null, {}])('does not believe a baseUrl of %j', (baseUrl) => {
    expect(mountOf(fakeRequest({ url: '/x', extra: { baseUrl } }))).toBe('');
  });
});
