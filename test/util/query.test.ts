import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryValue } from '../../lib/util/query.js';

describe('queryValue', () => {
  it.each([
    ['/?a=1', '1'],
    ['/?b=2&a=1', '1'],
    ['/?a=1&a=2', '1'],
    ['/?a', ''],
    ['/?a=', ''],
    ['/?a&b=1', ''],
    ['/?a=1=2', '1=2'],
    ['/?a=1#a=2', '1'],
    ['/?a=x+y%20z', 'x y z'],
    ['/?%61=1', '1'],
    ['/?a=%E0%A4%A', '%E0%A4%A'],
    ['/?aa=1&ba=2', undefined],
    ['/#?a=1', '1'],
    ['/a=1', undefined],
    ['/?', undefined],
    ['/?&&', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s: %s', (target, expected) => {
    expect(queryValue(target, 'a')).toBe(expected);
  });

  it('agrees with URLSearchParams where that is well escaped', () => {
    const word = fc.stringMatching(/^[\w .&=+%é-]{1,8}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word), { maxLength: 5 }), word, (pairs, name) => {
        const query = new URLSearchParams(pairs);
        expect(queryValue(`/x?${query}`, name)).toBe(query.get(name) ?? undefined);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void queryValue(`/?${text}`, 'a')));
  });
});
