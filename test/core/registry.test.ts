import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { problemsOf, strictObject } from '../../lib/core/problems.js';
import { chosenEntry } from '../../lib/core/registry.js';

const registry = {
  plain: { options: strictObject({}) },
  tuned: { options: strictObject({ speed: z.number('a number').default(1) }) },
};

/** What comes of a name and its options, given as `[name, options]`. */
function look(value: readonly unknown[]) {
  const schema = z.unknown().transform((given, context) => {
    const [name, options] = given as unknown[];
    return chosenEntry(registry, name, options, { noun: 'thing', name: [0], options: [1] }, context) ?? z.NEVER;
  });
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : problemsOf(parsed.error.issues, value);
}

describe('chosenEntry', () => {
  it('gives the entry with its options, defaults filled in', () => {
    expect(look(['tuned', undefined])).toEqual({ name: 'tuned', module: registry.tuned, options: { speed: 1 } });
    expect(look(['tuned', { speed: 0 }])).toMatchObject({ options: { speed: 0 } });
  });

  it('suggests a name', () => {
    expect(look(['tunde'])).toEqual([
      { path: '[0]', value: 'tunde', rule: "there is no such thing; did you mean 'tuned'?" },
    ]);
  });

  it.each([undefined, null, 5, {}, true])('lists the names for %j', (name) => {
    expect(look([name])).toEqual([{ path: '[0]', value: name, rule: 'one of plain, tuned' }]);
  });

  it.each(['toString', '__proto__', 'constructor'])('knows no %s', (name) => {
    expect(look([name])).toMatchObject([{ path: '[0]' }]);
  });

  it('says where in the options what is wrong', () => {
    expect(look(['tuned', { speed: 'fast', sped: 1 }])).toEqual([
      { path: '[1].speed', value: 'fast', rule: 'a number' },
      { path: '[1].sped', value: 1, rule: "there is no such option; did you mean 'speed'?" },
    ]);
  });

  it.each([null, false, 0, ''])('%j is a value, and no options', (options) => {
    expect(look(['plain', options])).toMatchObject([{ path: '[1]', value: options }]);
  });
});
