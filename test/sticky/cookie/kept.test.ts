import { describe, expect, it } from 'vitest';
import { keptProblems, whyDropped } from '../../../lib/sticky/cookie/kept.js';
import { fakeExchange } from '../../core/fakes.js';

// The options that are refused for it are tried in test/sticky/cookie.test.ts.
it('options that leave it to the request are no problem', () => {
  expect(keptProblems({ secure: false })).toEqual([]);
  expect(keptProblems({ sameSite: 'none', partitioned: true })).toEqual([]);
  expect(keptProblems({ name: '__Host-lb', secure: 'auto' })).toEqual([]);
});

describe('browsers drop', () => {
  const overTls = { client: { scheme: 'https' } } as const;

  it.each([
    ['lb', { sameSite: 'none' }, /sameSite 'none'.*trustProxy/],
    ['lb', { partitioned: true }, /partitioned.*trustProxy/],
    ['__Secure-lb', {}, /'__Secure-'.*trustProxy/],
    ['__host-lb', {}, /'__Host-'.*trustProxy/],
  ] as const)('%s with %j, unless the request came over TLS or it is Secure anyway', (name, attributes, why) => {
    expect(whyDropped(name, attributes, fakeExchange())).toMatch(why);
    expect(whyDropped(name, attributes, fakeExchange(overTls))).toBeUndefined();
    expect(whyDropped(name, { ...attributes, secure: true }, fakeExchange())).toBeUndefined();
  });

  it('__Host- under a mount, unless it has the path /', () => {
    const exchange = fakeExchange({ ...overTls, mount: '/shop' });
    expect(whyDropped('__Host-lb', {}, exchange)).toMatch(/needs the path '\/', and it has \/shop/);
    expect(whyDropped('__Host-lb', { path: '/' }, exchange)).toBeUndefined();
  });

  it('no other', () => {
    for (const spec of [{}, overTls, { mount: '/shop' }]) {
      expect(whyDropped('lb', { sameSite: 'strict', domain: 'example.com' }, fakeExchange(spec))).toBeUndefined();
    }
  });
});
