import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../lib/core/problems.js';
import { affinities } from '../../lib/sticky/index.js';
import { stickySchema } from '../../lib/sticky/spec.js';
import { affinityEnvironment } from '../core/fakes.js';

const cookieOf = (value: unknown): string | undefined =>
  stickySchema.parse(value)?.create(affinityEnvironment('api')).cookie;
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

  it.each(['cookie', 'ip'])('%s can be had by name', (name) => {
    expect(stickySchema.parse(name)?.create(affinityEnvironment())).toBeDefined();
  });

  it.each([
    { by: 'cookie' },
    { by: 'ip' },
    { by: 'param', name: 'server' },
    { by: 'header', name: 'X-Server', hash: true },
    { by: 'learn', cookie: 'connect.sid' },
    { by: 'learn', query: 'sid' },
  ])('%j can be had', (spec) => {
    expect(stickySchema.parse(spec)?.create(affinityEnvironment())).toBeDefined();
  });

  it('all ways are tried above', () => {
    expect(Object.keys(affinities)).toEqual(['cookie', 'header', 'ip', 'learn', 'param']);
  });

  it.each(['param', 'header', 'learn'])('%s cannot do without options', (by) => {
    expect(problems(by)).toHaveLength(1);
    expect(problems({ by })).toHaveLength(1);
  });

  it('takes onLost with every way, by default redistribute', () => {
    const reject = (): 'reject' => 'reject';
    for (const by of ['cookie', 'ip']) {
      expect(stickySchema.parse({ by })?.onLost).toBe('redistribute');
      expect(stickySchema.parse({ by, onLost: 'reject' })?.onLost).toBe('reject');
      expect(stickySchema.parse({ by, onLost: reject })?.onLost).toBe(reject);
    }
    expect(stickySchema.parse(true)?.onLost).toBe('redistribute');
  });

  it.each([null, 'ignore', 1, {}])('refuses %j as onLost, beside what else is wrong', (onLost) => {
    expect(problems({ by: 'cookie', onLost, maxAge: 0 }).map(({ path }) => path)).toEqual(['onLost', 'maxAge']);
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

  it.each([
    { by: 'cookie' },
    { by: 'ip' },
    { by: 'param', name: 'x' },
    { by: 'header', name: 'x' },
    { by: 'learn', cookie: 'x' },
  ])('suggests onLost, which is not the way’s own, with %j too', (spec) => {
    expect(problems({ ...spec, onlost: 'reject' })).toMatchObject([
      { path: 'onlost', rule: "there is no such option; did you mean 'onLost'?" },
    ]);
  });

  it.each(['', 'a b', 'a;b', 'a=b', 7])('refuses the cookie %j to learn from, which no app can set', (cookie) => {
    expect(problems({ by: 'learn', cookie })).toMatchObject([{ path: 'cookie' }]);
  });

  it('says which option is wrong', () => {
    expect(problems({ by: 'cookie', maxAge: 0, nam: 'x' }).map(({ path }) => path)).toEqual(['maxAge', 'nam']);
    expect(problems({ by: 'ip', name: 'x' }).map(({ path }) => path)).toEqual(['name']);
  });
});
