import { expect, it } from 'vitest';
import { headersSchema, maxBytesSchema, methodSchema, pathSchema } from '../../lib/health/schemas.js';

it.each([
  [pathSchema, ['/', '/a?b=%20'], ['', 'a', '/a b', '/ä', 5]],
  [methodSchema, ['GET', 'get', 'PROPFIND'], ['', 'G T', 'CONNECT', 5]],
  [headersSchema, [{}, { 'X-A': 'b c' }], [{ 'X A': 'b' }, { a: 'b\nc' }, { a: 5 }, 5]],
  [maxBytesSchema, [1, 65_536], [0, 1.5, 1e9, '5']],
])('takes what is one, and nothing else (%#)', (schema, good, bad) => {
  for (const value of good) expect([value, schema.safeParse(value).success]).toEqual([value, true]);
  for (const value of bad) expect([value, schema.safeParse(value).success]).toEqual([value, false]);
});
