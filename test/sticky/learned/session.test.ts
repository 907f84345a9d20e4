import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cookieSource, querySource, sessionKey } from '../../../lib/sticky/learned/session.js';
import { fakeExchange, one } from '../../core/fakes.js';

const NOW = Date.UTC(2026, 0, 1);
const backend = one();
const answer = (headers: readonly string[] = [], status = 200) => ({ backend, found: undefined, status, headers });

describe('a session cookie', () => {
  const source = cookieSource('sid', () => NOW);

  it('is read from requests', () => {
    const exchange = fakeExchange({ headers: ['Cookie', 'a=1; sid=s%3Ax.y; b=2'] });
    expect(source.inRequest(exchange)).toBe('s%3Ax.y');
    expect(source.inRequest(fakeExchange())).toBeUndefined();
  });

  it.each([
    ['sid=s%3Ax.y; Path=/; HttpOnly', { begun: 's%3Ax.y' }],
    ['sid = x ;Path=/', { begun: 'x' }],
    ['sid=x', { begun: 'x' }],
    ['sid=a=b; Path=/', { begun: 'a=b' }],
    ['sid=x; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT', { begun: 'x' }],
    ['sid=x; Expires=Fri, 01 Jan 2027 00:00:00 GMT', { begun: 'x' }],
    ['sid=; Path=/', { ended: true }],
    ['sid=x; Max-Age=0', { ended: true }],
    ['sid=x; max-age=-1', { ended: true }],
    ['sid=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT', { ended: true }],
    ['xsid=x', undefined],
    ['a=sid=x', undefined],
    ['SID=x', undefined],
    ['sid', undefined],
    ['', undefined],
  ])('in an answer: %s', (line, expected) => {
    expect(source.inHead(answer(['Set-Cookie', line]))).toEqual(expected);
  });

  it('of several lines is the last', () => {
    expect(source.inHead(answer(['set-cookie', 'sid=1', 'Set-Cookie', 'a=1', 'Set-Cookie', 'sid=2']))).toEqual({
      begun: '2',
    });
  });

  it('is not looked for in bodies', () => {
    expect(source.inBody(fakeExchange(), answer())).toBeUndefined();
  });

  it('whatever a backend sets, does not throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (line) => void source.inHead(answer(['Set-Cookie', line]))));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (rest) => void source.inHead(answer(['Set-Cookie', `sid=x;${rest}`]))),
    );
  });
});

describe('an id in the query', () => {
  const source = querySource('sid');
  const find = source.inBody(fakeExchange({ url: '/socket.io/?EIO=4&transport=polling' }), answer());

  it('is read from requests', () => {
    expect(source.inRequest(fakeExchange({ url: '/socket.io/?EIO=4&sid=abc' }))).toBe('abc');
    expect(source.inRequest(fakeExchange({ url: '/socket.io/?EIO=4' }))).toBeUndefined();
  });

  it.each([
    ['0{"sid":"lv_VI97HAXpY6yYWAAAB","upgrades":["websocket"]}', 'lv_VI97HAXpY6yYWAAAB'],
    ['96:0{"sid":"abc","upgrades":[]}2:40', 'abc'],
    ['{"sid":"abc"}', 'abc'],
    ['0{ "sid" : "abc"', 'abc'],
    ['0{"sid":"ab', undefined],
    ['0{"sid":""', undefined],
    ['0{"sid":"a\\"b"', undefined],
    ['0{"other":1,"sid":"abc"}', undefined],
    ['4"{\\"sid\\":\\"abc\\"}', undefined],
    ['<html>{"sid":"abc"}', undefined],
    ['', undefined],
  ])('is told first by a body: %s', (start, expected) => {
    expect(find?.(start)).toBe(expected);
  });

  it.each<[string, Parameters<typeof fakeExchange>[0], ReturnType<typeof answer>]>([
    ['a session that stands', { url: '/?sid=x' }, answer()],
    ['another method', { method: 'POST' }, answer()],
    ['another status', {}, answer([], 400)],
    ['a compressed body', {}, answer(['Content-Encoding', 'gzip'])],
  ])('is not looked for in the answer to %s', (_what, spec, given) => {
    expect(source.inBody(fakeExchange(spec), given)).toBeUndefined();
  });

  it('may have a name that means something in a pattern', () => {
    const odd = querySource('s.d(');
    expect(odd.inBody(fakeExchange(), answer())?.('{"s.d(":"abc"}')).toBe('abc');
    expect(odd.inBody(fakeExchange(), answer())?.('{"sxd(":"abc"}')).toBeUndefined();
  });
});

it('a long id is kept as a hash', () => {
  expect(sessionKey('short')).toBe('short');
  const long = 'x'.repeat(5000);
  expect(sessionKey(long)).toHaveLength(43);
  expect(sessionKey(long)).not.toBe(sessionKey(`${long}x`));
});
