import { loadBalancer } from 'fairlead';
import { expect, it } from 'vitest';
import { coalesceSchema } from '../../../lib/shaping/coalescing/options.js';

const backends = ['http://127.0.0.1:1'];

it('has defaults', () => {
  const defaults = { methods: ['GET', 'HEAD'], maxBytes: 1_048_576, ignoreHeaders: [] };
  expect(coalesceSchema.parse(true)).toEqual(defaults);
  expect(coalesceSchema.parse({})).toEqual(defaults);
  expect(coalesceSchema.parse(false)).toBeUndefined();
});

it.each<[unknown, RegExp]>([
  ['yes', /coalesce: true, false or an object with key, methods/],
  [{ keys: 1 }, /coalesce\.keys: .*did you mean 'key'/],
  [{ key: 'path' }, /coalesce\.key: a function of the request/],
  [{ methods: ['POST'] }, /coalesce\.methods\[0\]: 'GET', 'HEAD' or both/],
  [{ methods: [] }, /coalesce\.methods: 'GET', 'HEAD' or both/],
  [{ maxBytes: 1 }, /coalesce\.maxBytes: at least 65,536/],
  [{ ignoreHeaders: ['Vary'] }, /coalesce\.ignoreHeaders\[0\]: 'cache-control'/],
])('%j is refused', (coalesce, message) => {
  expect(() => loadBalancer({ backends, coalesce: coalesce as boolean })).toThrow(message);
});

it.each(['learn', { by: 'learn', cookie: 'sid' }] as const)(
  'does not go with sessions that are learned: %j',
  (sticky) => {
    expect(() => loadBalancer({ backends, coalesce: true, sticky: sticky as 'cookie' })).toThrow(
      /coalesce: not with sticky/,
    );
  },
);
