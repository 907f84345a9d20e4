import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cookieValues, setCookieName, withoutCookie } from '../../lib/util/cookies.js';

const OURS = 'fairlead.default';

describe('withoutCookie', () => {
  it.each([
    [`${OURS}=x`, undefined],
    [`${OURS}=x;`, ''],
    [`a=1; ${OURS}=x; b=2`, 'a=1; b=2'],
    [`${OURS}=x; b=2`, 'b=2'],
    [`a=1; ${OURS}=x`, 'a=1'],
    [`a=1;${OURS}=x;b=2`, 'a=1;b=2'],
    [`a=1; ${OURS}=x; ${OURS}=y; b=2`, 'a=1; b=2'],
    [`a=1; ${OURS} = x ; b=2`, 'a=1; b=2'],
    [`a=1; ${OURS}=; b=2`, 'a=1; b=2'],
    // Not ours: another name, our name as a value, no name at all.
    [`a=1; x${OURS}=x`, `a=1; x${OURS}=x`],
    [`a=1; ${OURS}2=x`, `a=1; ${OURS}2=x`],
    [`a=${OURS}; b=2`, `a=${OURS}; b=2`],
    [`${OURS}; a=1`, `${OURS}; a=1`],
    [`FAIRLEAD.DEFAULT=x`, 'FAIRLEAD.DEFAULT=x'],
  ])('%j is %j', (header, rest) => {
    // What is left of an empty list is nothing or an empty text; neither says anything.
    expect(withoutCookie(header, OURS) || undefined).toBe(rest || undefined);
  });

  it.each(['', 'a=1;  b="2 ; ,3"; c; =d; ;e=%F0', ' a=1'])('leaves %j as it is', (header) => {
    expect(withoutCookie(header, OURS)).toBe(header);
    expect(withoutCookie(header, undefined)).toBe(header);
  });

  it('leaves the other cookies as they were, byte for byte', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9!#$&'*+.^_`|~-]{1,12}$/).filter((text) => text !== OURS);
    const value = fc.stringMatching(/^[\x21-\x3a\x3c-\x7e]{0,20}$/);
    const other = fc.tuple(name, value).map(([key, text]) => `${key}=${text}`);
    fc.assert(
      fc.property(fc.array(other), fc.array(other), value, (before, behind, ours) => {
        const header = [...before, `${OURS}=${ours}`, ...behind].join('; ');
        expect(withoutCookie(header, OURS) ?? '').toBe([...before, ...behind].join('; '));
      }),
    );
  });
});

describe('cookieValues', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    [`${OURS}=x`, 'x'],
    [`a=1; ${OURS}=x; b=2`, 'x'],
    [`a=1;${OURS}=x;b=2`, 'x'],
    [`${OURS} = x `, 'x'],
    [`${OURS}=`, ''],
    [`${OURS}=a=b`, 'a=b'],
    [`${OURS}=first; ${OURS}=second`, 'first'],
    [`${OURS}`, undefined],
    [`x${OURS}=1; a=${OURS}`, undefined],
    [`${OURS}2=1`, undefined],
  ])('of %j is %j', (header, value) => {
    expect(cookieValues(header, OURS)[0]).toBe(value);
  });

  it('agrees with taking the header apart', () => {
    const pieces = fc.constantFrom(OURS, '=', ';', ' ', 'a', '"', ',', '\t', `; ${OURS}=`);
    const apart = (header: string): string[] =>
      header.split(';').flatMap((pair) => {
        const equals = pair.indexOf('=');
        return equals !== -1 && pair.slice(0, equals).trim() === OURS ? [pair.slice(equals + 1).trim()] : [];
      });
    fc.assert(
      fc.property(
        fc.array(pieces).map((list) => list.join('')),
        (header) => {
          expect(cookieValues(header, OURS)).toEqual(apart(header));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([`${OURS} `, `${OURS};`, `${OURS}=`, ' ', `; ${OURS}=1`])('is quick with 1 MB of %j', (piece) => {
    const header = piece.repeat(1_000_000 / piece.length);
    const since = performance.now();
    cookieValues(header, OURS);
    expect(performance.now() - since).toBeLessThan(1000);
  });

  it('finds nothing in what withoutCookie leaves', () => {
    const pieces = fc.constantFrom(OURS, '=', ';', ' ', 'a', '"', ',', '\t');
    fc.assert(
      fc.property(
        fc.array(pieces).map((list) => list.join('')),
        (header) => {
          expect(cookieValues(withoutCookie(header, OURS), OURS)).toEqual([]);
        },
      ),
    );
  });
});

describe('setCookieName', () => {
  it.each([
    ['a=1; Path=/', 'a'],
    [' a = 1', 'a'],
    ['a=', 'a'],
    ['a', ''],
    ['a; b=1', ''],
    ['', ''],
    ['=x', ''],
  ])('of %j is %j', (line, name) => {
    expect(setCookieName(line)).toBe(name);
  });
});
