import { z } from 'zod';
import type { AffinityModule } from '../core/affinity.js';
import { strictObject } from '../core/problems.js';
import { queryValue } from '../util/query.js';
import { KeyedAffinity, type KeyedOptions, keyedShape } from './common/keyed.js';
import { BESIDE } from './common/lost.js';

/** By a query parameter: one that names a backend, or any key. */
export const paramSticky: AffinityModule<KeyedOptions> = {
  options: strictObject(
    {
      name: z.string('the name of a query parameter').min(1, 'the name of a query parameter'),
      ...keyedShape,
    },
    BESIDE,
  ),
  create: ({ name, hash = false }) => new KeyedAffinity(({ request }) => queryValue(request.url, name), hash),
};
