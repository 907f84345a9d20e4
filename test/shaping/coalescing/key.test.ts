import { describe, expect, it } from 'vitest';
import { keyOf, mayShare } from '../../../lib/shaping/coalescing/key.js';
import { fakeExchange, fakeRequest, type RequestSpec } from '../../core/fakes.js';

const sources = {
  target: ({ url }: { url?: string | undefined }) => url ?? '',
  host: ({ request }: { request: { headers: { host?: string | undefined } } }) => request.headers.host,
  stickyCookie: 'lb',
};
const key = (spec: RequestSpec): string => keyOf(fakeExchange(spec), sources);

describe('the key', () => {
  it('does not know the sticky cookie, nor headers that answers seldom depend on', () => {
    const one = key({ headers: ['Cookie', 'a=1; lb=x', 'User-Agent', 'one'] });
    expect(one).toBe(key({ headers: ['cookie', 'a=1', 'user-agent', 'two'] }));
  });

  it.each([
    'x-api-key',
    'x-tenant-id',
    'cookie',
    'authorization',
    'accept',
    'accept-language',
    'origin',
    'if-none-match',
    'range',
  ])('knows %s', (name) => {
    expect(key({ headers: [name, 'a=1'] })).not.toBe(key({ headers: [name, 'a=2'] }));
    expect(key({ headers: [name, 'a=1'] })).not.toBe(key({}));
  });
});

describe('who may share', () => {
  it.each<[boolean, string[]]>([
    [true, []],
    [true, ['Cache-Control', 'max-age=60']],
    [false, ['Cache-Control', 'max-age=0']],
    [false, ['Cache-Control', 'max-age=60, No-Cache']],
    [false, ['Pragma', 'no-cache']],
    [false, ['Expect', '100-continue']],
    [false, ['X-Original-URL', '/admin']],
    [false, ['X-HTTP-Method-Override', 'DELETE']],
  ])('%s: %j', (may, headers) => {
    expect(mayShare(fakeRequest({ headers }))).toBe(may);
  });
});
