import { z } from 'zod';
import { type Duration, durationSchema, milliseconds } from '../../../core/duration.js';
import { strictObject } from '../../../core/problems.js';
import { type HashKey, hashKeySchema } from '../../../util/request-key.js';
import { memoryLimiter, type RateLimiter } from './limiter.js';

/** So many requests in a span of time, counted here or by a limiter of your own. */
export interface RateOptions {
  /** Requests in `per`, a whole number of at least 1. */
  readonly points?: number | undefined;
  /** The span of time. */
  readonly per?: Duration | undefined;
  /** In place of these: a limiter as of package rate-limiter-flexible, which may be shared by several processes. */
  readonly limiter?: RateLimiter | undefined;
}

export interface ClientRateSpec extends RateOptions {
  /** What tells clients apart. Default `'ip'`. */
  readonly key?: HashKey | undefined;
}

/** Node's timers hold no more. */
const LONGEST = 0x7fff_ffff;
const NEEDED = 'points and per, or a limiter';

function isLimiter(value: unknown): value is RateLimiter {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'consume') === 'function';
}

const shape = {
  points: z.int('a whole number').min(1, 'at least 1').optional(),
  per: durationSchema(1)
    .refine((per) => milliseconds(per) <= LONGEST, 'at most 24 days')
    .optional(),
  limiter: z.custom<RateLimiter>(isLimiter, 'an object with consume(), as of rate-limiter-flexible').optional(),
};

interface Given {
  readonly points?: number | undefined;
  readonly per?: Duration | undefined;
  readonly limiter?: RateLimiter | undefined;
}

/** The limiter, and how many points it has if that is known here. */
export interface ParsedRate {
  readonly points: number | undefined;
  readonly limiter: RateLimiter;
}

function rateOf({ points, per, limiter }: Given, context: z.RefinementCtx): ParsedRate {
  const counted = points !== undefined && per !== undefined;
  const both = limiter !== undefined && (points !== undefined || per !== undefined);
  if (both || (limiter === undefined && !counted)) {
    context.issues.push({ code: 'custom', message: both ? `${NEEDED}, not both` : NEEDED, input: context.value });
    return z.NEVER;
  }
  if (limiter !== undefined) return { points: undefined, limiter };
  return counted ? { points, limiter: memoryLimiter({ points, per: milliseconds(per) }) } : z.NEVER;
}

export const rateSchema = strictObject({
  client: strictObject({ ...shape, key: hashKeySchema.default('ip') })
    .transform((given, context) => ({ ...rateOf(given, context), key: given.key }))
    .optional(),
  backend: strictObject(shape).transform(rateOf).optional(),
}).refine(({ client, backend }) => client !== undefined || backend !== undefined, 'client, backend or both');
