import { describe, expect, it } from 'vitest';
import { routeOf } from '../../lib/dashboard/route.js';

describe('routeOf', () => {
  it.each([
    ['/', undefined, { kind: 'page' }],
    ['/', '/balancer/', { kind: 'page' }],
    ['/?a=1', '/balancer/?a=1', { kind: 'page' }],
    ['/', '/balancer', { kind: 'slash', location: './balancer/' }],
    ['/?a=/b', '/ops/balancer?a=/b', { kind: 'slash', location: './balancer/?a=/b' }],
    ['/', '/ops/http:evil', { kind: 'slash', location: './http:evil/' }],
    ['/', 'http://host/balancer', { kind: 'slash', location: './balancer/' }],
    ['/balancer/', undefined, { kind: 'page' }],
    ['/balancer/stream', undefined, { kind: 'stream' }],
    ['/stream', '/balancer/stream', { kind: 'stream' }],
    ['/data.json?x', '/b/data.json?x', { kind: 'data' }],
    ['/history.json?balancer=0', '/b/history.json?balancer=0', { kind: 'history' }],
    ['/actions', '/b/actions', { kind: 'action' }],
    ['/explain', '/b/explain', { kind: 'explain' }],
    ['/assets/0a1b/main.js', '/b/assets/0a1b/main.js', { kind: 'asset', version: '0a1b', name: 'main.js' }],
    [
      '/assets/0a1b/browser/row.js',
      '/b/assets/0a1b/browser/row.js',
      { kind: 'asset', version: '0a1b', name: 'browser/row.js' },
    ],
  ] as const)('%s of %s', (url, originalUrl, route) => {
    expect(routeOf(originalUrl === undefined ? { url } : Object.assign({ url }, { originalUrl }))).toEqual(route);
  });

  it.each([
    ['/nothing', '/balancer/nothing'],
    ['/nothing/', '/balancer/nothing/'],
    ['/nothing', undefined],
    ['/assets/../../package.json', '/balancer/assets/../../package.json'],
    ['/assets/0a1b/..%2f..%2fpackage.json', undefined],
    ['/assets/0a1b/a/b/c.js', undefined],
    ['/STREAM', undefined],
  ])('knows nothing of %s of %s', (url, originalUrl) => {
    expect(routeOf(originalUrl === undefined ? { url } : Object.assign({ url }, { originalUrl }))).toBeUndefined();
  });
});
