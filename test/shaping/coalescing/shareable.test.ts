import { describe, expect, it } from 'vitest';
import { type Fits, saidIn, whomItFits } from '../../../lib/shaping/coalescing/shareable.js';
import { fakeRequest } from '../../core/fakes.js';

const NONE = new Set<never>();
const fits = (headers: readonly string[], status = 200): Fits =>
  whomItFits({ status, reason: '', headers }, NONE, new Set(['x-request-id']), 1_000);

describe('whom an answer fits', () => {
  it.each<[Fits, readonly string[], number?]>([
    [[], []],
    [[], ['Cache-Control', 'public, max-age=0']],
    ['asker', ['Cache-Control', 'max-age=1,Private']],
    ['asker', ['cache-control', 'public', 'Cache-Control', 'no-store']],
    ['asker', ['Cache-Control', 'no-cache="x"']],
    ['asker', ['Set-Cookie', 'a=1']],
    ['asker', ['Vary', 'Accept, *']],
    ['asker', ['Vary', 'X-Forwarded-For']],
    ['asker', ['Vary', 'x-request-ID']],
    [
      ['accept', 'x-a'],
      ['Vary', 'Accept', 'vary', 'X-A,'],
    ],
    ['asker', ['Content-Type', 'text/event-stream; charset=utf-8']],
    ['asker', [], 400],
    ['asker', [], 401],
    ['asker', [], 429],
    [[], [], 404],
    [[], [], 503],
    [[], [], 301],
  ])('%j: %j %s', (expected, headers, status) => {
    expect(fits(headers, status)).toEqual(expected);
  });

  it('what is told not to count does not', () => {
    const headers = ['Set-Cookie', 'a=1', 'Cache-Control', 'private', 'Vary', '*'];
    const ignored = new Set(['set-cookie', 'cache-control', 'vary'] as const);
    expect(whomItFits({ status: 200, reason: '', headers }, ignored, NONE, 1_000)).toEqual([]);
  });
});

it('what a request says in some headers cannot be faked by another', () => {
  const said = (...headers: string[]): string => saidIn(fakeRequest({ headers }), ['a', 'b']);
  expect(said('A', ' 1 ')).toBe(said('a', '1'));
  expect(said('a', '1', 'b', '2')).not.toBe(said('a', '1","b","2'));
  expect(said('a', '1', 'a', '2')).not.toBe(said('a', '1, 2'));
});
