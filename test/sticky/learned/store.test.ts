import { expect, it } from 'vitest';
import { storeSchema } from '../../../lib/sticky/learned/store.js';

const noop = (): undefined => undefined;

it.each([new Map(), { get: noop, set: noop, delete: noop }])('%o is a store', (store) => {
  expect(storeSchema.safeParse(store).success).toBe(true);
});

it.each([null, 'redis', {}, { get: noop, set: noop }, { get: 1, set: noop, delete: noop }])('%o is none', (store) => {
  expect(storeSchema.safeParse(store).error?.issues).toMatchObject([
    { message: 'an object with get(), set() and delete()' },
  ]);
});
