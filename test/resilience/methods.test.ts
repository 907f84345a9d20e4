import { describe, expect, it } from 'vitest';
import { methodsSchema } from '../../lib/resilience/methods.js';

describe('methods', () => {
  it.each([[['GET', 'M-SEARCH']], [() => true]])('may be %o', (value) => {
    expect(methodsSchema.safeParse(value).data).toEqual(value);
  });

  it.each([
    [['GET', 'post'], [1]],
    [['GET', 7], [1]],
    [[], []],
    ['GET', []],
    [null, []],
  ])('may not be %j', (value, path) => {
    expect(methodsSchema.safeParse(value).error?.issues.map((issue) => issue.path)).toEqual([path]);
  });
});
