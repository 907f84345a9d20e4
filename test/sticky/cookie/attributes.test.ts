import { describe, expect, it } from 'vitest';
import { cookiePath, setCookie } from '../../../lib/sticky/cookie/attributes.js';
import { fakeExchange } from '../../core/fakes.js';

// Every attribute is tried in test/sticky/cookie.test.ts, through the affinity.
describe('a Set-Cookie line', () => {
  it('has the defaults that keep a cookie to itself', () => {
    expect(setCookie('lb', 'x', {}, fakeExchange())).toBe('lb=x; Path=/; HttpOnly; SameSite=Lax');
  });

  it('is Secure where the client came over TLS', () => {
    const exchange = fakeExchange({ client: { scheme: 'https' } });
    expect(setCookie('lb', 'x', {}, exchange)).toMatch(/; Secure/);
    expect(setCookie('lb', 'x', { secure: false }, exchange)).not.toMatch(/; Secure/);
  });
});

it('its path is the option, else the mount, else all', () => {
  expect(cookiePath({ path: '/x' }, '/api')).toBe('/x');
  expect(cookiePath({}, '/api')).toBe('/api');
  expect(cookiePath({}, '')).toBe('/');
  expect(cookiePath({}, '/a;b')).toBe('/');
});
