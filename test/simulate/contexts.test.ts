import { expect, it } from 'vitest';
import { Contexts } from '../../lib/simulate/contexts.js';

it('a client has its key wherever a strategy may look for it', () => {
  const { key, attempt, request } = new Contexts(['a b']).of(0);
  expect([key, attempt, request.method]).toEqual(['a b', 0, 'GET']);
  expect(request.url).toBe('/items/a%20b?key=a%20b');
  expect(request.headers).toMatchObject({ 'x-key': 'a%20b', cookie: 'key=a%20b' });
  expect(request.rawHeaders).toEqual(expect.arrayContaining(['x-key', 'a%20b']));
  expect(request.socket.remoteAddress).toBeUndefined();
});

it('is made once', () => {
  const contexts = new Contexts(['a', 'b']);
  expect(contexts.size).toBe(2);
  expect(contexts.of(1)).toBe(contexts.of(1));
  expect(contexts.of(1)).not.toBe(contexts.of(0));
});
