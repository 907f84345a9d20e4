import { z } from 'zod';
import type { AffinityModule } from '../core/affinity.js';
import { strictObject } from '../core/problems.js';
import { KeyedAffinity, type KeyedOptions, keyedShape } from './common/keyed.js';
import { BESIDE } from './common/lost.js';

// RFC 9110, 5.1: a field name is a token.
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** By a request header: one that names a backend, or any key. */
export const headerSticky: AffinityModule<KeyedOptions> = {
  options: strictObject(
    {
      name: z.string('the name of a header').regex(token, "a header name: letters, digits and !#$%&'*+-.^_`|~"),
      ...keyedShape,
    },
    BESIDE,
  ),
  create: ({ name, hash = false }) => {
    const lower = name.toLowerCase();
    return new KeyedAffinity(({ request }) => {
      // A name may be one that every object has, as 'constructor'.
      const value: unknown = Object.hasOwn(request.headers, lower) ? request.headers[lower] : undefined;
      return Array.isArray(value) ? value[0] : value;
    }, hash);
  },
};
