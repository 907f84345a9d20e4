import { expect, it } from 'vitest';
import { isIdempotent } from '../../lib/util/methods.js';

it.each(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])('%s may be carried out twice', (method) => {
  expect(isIdempotent(method)).toBe(true);
});

it.each(['POST', 'PATCH', 'LOCK', 'get', '', undefined])('%s may not', (method) => {
  expect(isIdempotent(method)).toBe(false);
});
