import { expect, it } from 'vitest';
import { headerPairs, headerValues } from '../../lib/util/header-list.js';

const LIST = ['Set-Cookie', 'a=1', 'X-A', 'set-cookie', 'set-cookie', 'b=2'];

it('headerValues finds every line of a name, whatever its spelling, in order', () => {
  expect(headerValues(LIST, 'set-cookie')).toEqual(['a=1', 'b=2']);
  expect(headerValues(LIST, 'x-a')).toEqual(['set-cookie']);
  expect(headerValues(LIST, 'x-b')).toEqual([]);
  expect(headerValues([], 'x-a')).toEqual([]);
});

it('headerPairs keeps order, spelling and repeated lines', () => {
  expect(headerPairs(LIST)).toEqual([
    ['Set-Cookie', 'a=1'],
    ['X-A', 'set-cookie'],
    ['set-cookie', 'b=2'],
  ]);
  expect(headerPairs([])).toEqual([]);
});
