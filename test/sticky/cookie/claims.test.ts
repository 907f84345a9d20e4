import { describe, expect, it } from 'vitest';
import { type Claim, Claims } from '../../../lib/sticky/cookie/claims.js';

const claim = (spec: Partial<Claim> = {}): Claim => ({
  cookie: 'lb',
  balancer: 'one',
  domain: undefined,
  backends: () => ['a'],
  path: undefined,
  ...spec,
});

describe('at construction', () => {
  it.each<[string, string, boolean]>([
    ['/', '/', true],
    ['/', '/shop', true],
    ['/shop', '/', true],
    ['/shop', '/shop/cart', true],
    ['/shop/', '/shop/cart', true],
    ['/shop', '/shopping', false],
    ['/a', '/b', false],
  ])('%s and %s overlap: %s', (path, other, expected) => {
    const claims = new Claims();
    const first = claim({ path });
    expect(claims.take(first)).toBeUndefined();
    expect(claims.take(claim({ path: other, balancer: 'two', backends: () => ['b'] })) === first).toBe(expected);
  });

  it.each<[string, Partial<Claim>]>([
    ['another cookie', { cookie: 'lb2' }],
    ['another domain', { domain: 'b.example' }],
    ['no path, so that nothing can be seen', { path: undefined }],
    ['the same balancer, made twice', { balancer: 'one', backends: () => ['b', 'a'] }],
  ])('%s is no matter', (_what, spec) => {
    const claims = new Claims();
    claims.take(claim({ path: '/', domain: 'a.example', backends: () => ['a', 'b'] }));
    expect(claims.take(claim({ path: '/', domain: 'a.example', balancer: 'two', ...spec }))).toBeUndefined();
  });

  it.each([
    ['.example', 'example'],
    ['Example', 'example'],
  ])('the domains %s and %s are one', (domain, other) => {
    const claims = new Claims();
    const first = claim({ path: '/', domain });
    claims.take(first);
    expect(claims.take(claim({ path: '/', domain: other, balancer: 'two' }))).toBe(first);
  });

  it('one that has been given up is no matter either', () => {
    const claims = new Claims();
    const first = claim({ path: '/' });
    claims.take(first);
    claims.release(first);
    claims.release(first);
    expect(claims.take(claim({ path: '/', balancer: 'two' }))).toBeUndefined();
  });
});

describe('in use', () => {
  it('a path that overlaps is told once', () => {
    const claims = new Claims();
    const [first, second] = [claim(), claim({ balancer: 'two' })];
    for (const each of [first, second]) expect(claims.take(each)).toBeUndefined();
    expect(claims.uses(first, '/shop')).toBeUndefined();
    expect(claims.uses(second, '/other')).toBeUndefined();
    expect(claims.uses(second, '/')).toBe(first);
    expect(claims.uses(second, '/')).toBeUndefined();
  });

  it('two balancers are told of once, whichever of them shows it and however many paths there are', () => {
    const claims = new Claims();
    const [first, second, third] = [claim(), claim({ balancer: 'two' }), claim({ balancer: 'three' })];
    for (const each of [first, second, third]) claims.take(each);
    expect(claims.uses(first, '/a')).toBeUndefined();
    expect(claims.uses(second, '/')).toBe(first);
    for (const path of ['/b', '/c']) expect(claims.uses(first, path)).toBeUndefined();
    expect(claims.uses(second, '/b')).toBeUndefined();
    expect(claims.uses(third, '/a')).toBe(first);
    expect(claims.uses(third, '/b')).toBe(second);
    expect(claims.uses(third, '/c')).toBeUndefined();
  });

  it('any number of paths costs no more than a few', () => {
    const claims = new Claims();
    const [first, second] = [claim(), claim({ balancer: 'two' })];
    for (const each of [first, second]) claims.take(each);
    for (let i = 0; i < 100_000; i++) claims.uses(first, `/tenant-${i}`);
    expect(claims.uses(second, '/tenant-1')).toBe(first);
    expect(claims.uses(second, '/tenant-99999')).toBeUndefined();
  });
});
