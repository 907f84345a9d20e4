import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationSchema, isDuration, milliseconds } from '../../lib/core/duration.js';

const accepts = (value: unknown, min = 0): boolean => durationSchema(min).safeParse(value).success;

describe('milliseconds', () => {
  it.each([
    [0, 0],
    [250, 250],
    [0.5, 0.5],
    ['0', 0],
    ['250', 250],
    ['250ms', 250],
    ['30s', 30_000],
    ['30 s', 30_000],
    ['1.5s', 1500],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['2 days', 172_800_000],
  ])('%j is %i', (duration, expected) => {
    expect(milliseconds(duration)).toBe(expected);
  });

  it('takes numbers as they are', () => {
    fc.assert(
      fc.property(fc.nat(), (number) => {
        expect(milliseconds(number)).toBe(number);
        expect(milliseconds(`${number}ms`)).toBe(number);
        expect(milliseconds(`${number}`)).toBe(number);
      }),
    );
  });
});

describe('durationSchema', () => {
  it.each([0, 1, 30_000, '0', '30s', '1h'])('takes %j', (value) => {
    expect(accepts(value)).toBe(true);
  });

  it.each([
    -1,
    '-1s',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    '',
    ' ',
    's',
    'soon',
    '30 parsecs',
    '1s 2s',
    `${'1'.repeat(101)}`,
    null,
    undefined,
    true,
    {},
    ['30s'],
    30n,
  ])('refuses %o', (value) => {
    expect(accepts(value)).toBe(false);
  });

  it('holds texts and numbers to its bound', () => {
    expect(accepts(999, 1000)).toBe(false);
    expect(accepts('0.5s', 1000)).toBe(false);
    expect(accepts(1000, 1000)).toBe(true);
    expect(accepts('1s', 1000)).toBe(true);
  });

  it('says what it asks for', () => {
    expect(durationSchema(5).safeParse('soon').error?.issues[0]?.message).toBe(
      "a duration of at least 5 ms: a number of milliseconds, or a text as in '30s'",
    );
  });

  it('never lets through what does not come to a number of milliseconds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.anything()), (value) => {
        if (!accepts(value)) return;
        const ms = milliseconds(value as number | string);
        expect(Number.isFinite(ms) && ms >= 0).toBe(true);
      }),
    );
  });
});

describe('isDuration', () => {
  it('agrees with the schema', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.anything(), fc.constant('5s')), (value) => {
        expect(isDuration(value)).toBe(accepts(value));
        expect(isDuration(value, 5000)).toBe(accepts(value, 5000));
      }),
    );
  });
});
