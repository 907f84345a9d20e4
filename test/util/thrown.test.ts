import { expect, it } from 'vitest';
import { messageOf } from '../../lib/util/thrown.js';

it.each([
  [new Error('an error'), 'an error'],
  ['a text', 'a text'],
  [7, '7'],
  [undefined, 'undefined'],
  [Object.create(null), '[Object: null prototype] {}'],
])('says of %o what it is', (thrown, said) => {
  expect(messageOf(thrown)).toBe(said);
});
