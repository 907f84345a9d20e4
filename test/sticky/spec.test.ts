import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../lib/core/problems.js';
import { affinities } from '../../lib/sticky/index.js';
import { stickySchema } from '../../lib/sticky/spec.js';

const cookieOf = (value: unknown): string | undefined => stickySchema.parse(value)?.('api').cookie;
const problems = (value: unknown) => {
  const parsed = stickySchema.safeParse(value);
  return parsed.success ? [] : problemsOf(parsed.error.issues, value);
};
const names = Object.keys(affinities).join(', ');

describe('stickySchema', () => {
  it.each([undefined, false])('%s is none', (value) => {
    expect(stickySchema.parse(value)).toBeUndefined();
  });

  it('true is a cookie, and so is its name', () => {
    expect(cookieOf(true)).toBe('fairlead.api');
    expect(cookieOf('cookie')).toBe('fairlead.api');
    expect(cookieOf({ by: 'cookie' })).toBe('fairlead.api');
  });

  it('hands options on', () => {
    expect(cookieOf({ by: 'cookie', name: 'lb' })).toBe('lb');
  });

  it.each(Object.keys(affinities))('%s can be had by name, and with options', (name) => {
    expect(stickySchema.parse(name)?.('api')).toBeDefined();
    expect(stickySchema.parse({ by: name })?.('api')).toBeDefined();
  });

  it.each([null, 0, '', 1, () => true, 10])('refuses %o', (value) => {
    expect(problems(value)).toMatchObject([{ path: '', value }]);
  });

  it.each([{}, { by: undefined }, { by: null }, { name: 'lb' }, []])(
    'refuses %j, which does not say by what',
    (value) => {
      expect(problems(value)).toMatchObject([{ path: 'by', rule: `one of ${names}` }]);
    },
  );

  it('suggests what was meant', () => {
    expect(problems('Cookies')).toEqual([
      { path: '', value: 'Cookies', rule: "there is no such way to be sticky; did you mean 'cookie'?" },
    ]);
    expect(problems({ by: 'cokie' })).toEqual([
      { path: 'by', value: 'cokie', rule: "there is no such way to be sticky; did you mean 'cookie'?" },
    ]);
  });

  it('says which option is wrong', () => {
    expect(problems({ by: 'cookie', maxAge: 0, nam: 'x' }).map(({ path }) => path)).toEqual(['maxAge', 'nam']);
    expect(problems({ by: 'ip', name: 'x' }).map(({ path }) => path)).toEqual(['name']);
  });

  it.each(['param', 'header', 'learn'])('has no %s yet', (by) => {
    expect(problems({ by, name: 'x' })).toMatchObject([{ path: 'by', value: by }]);
  });
});
