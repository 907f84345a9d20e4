import { describe, expect, it } from 'vitest';
import { NameSet } from '../../lib/util/name-set.js';

describe('a set of names', () => {
  const long = `x-${'a'.repeat(40)}`;
  const set = new NameSet(['te', 'upgrade', long]);

  it.each(['te', 'upgrade', long])('has %s', (name) => {
    expect(set.has(name)).toBe(true);
  });

  it.each([
    '',
    'ab',
    'upgraded',
    'upgrad3',
    'a'.repeat(42),
    'a'.repeat(10),
    'a'.repeat(34),
    'tf',
    'ue',
    'x'.repeat(42),
  ])('has no %s', (name) => {
    expect(set.has(name)).toBe(false);
  });
});
