import { z } from 'zod';
import { maxConnectionsSchema } from '../../core/backend-schema.js';
import { type Duration, durationSchema, milliseconds } from '../../core/duration.js';
import { strictObject } from '../../core/problems.js';
import { type AdaptiveOptions, adaptiveSchema } from './adaptive/options.js';
import type { Priority } from './priority.js';
import { type ClientRateSpec, type RateOptions, rateSchema } from './rate/options.js';

/** Where requests wait for which nobody has room. */
export interface QueueSize {
  /** Most that wait at once, a whole number of at least 1. Default 1,000. */
  readonly size?: number | undefined;
  /** How long one waits at most. Default 5 s. */
  readonly timeout?: Duration | undefined;
}

/** How much backends are given at once, and what becomes of the rest. */
export interface LimitsOptions {
  /**
   * Most requests and upgraded sockets of a backend at once, a whole number of at least 1; a backend's own
   * `maxConnections` goes before. Default: no limit.
   */
  readonly maxConnections?: number | undefined;
  /** Requests wait while nobody has room. Default: they get 503. */
  readonly queue?: QueueSize | undefined;
  /** How many requests a client may make, and a backend gets, in a span of time. Default: any number. */
  readonly rate?:
    | { readonly client?: ClientRateSpec | undefined; readonly backend?: RateOptions | undefined }
    | undefined;
  /**
   * A limit of each backend besides, which follows its latency: of it and `maxConnections` the smaller holds. `true` for
   * the defaults. Default `false`.
   */
  readonly adaptive?: boolean | AdaptiveOptions | undefined;
  /** Who has to go when the queue is full: the lowest. Default: all are 0, and who comes last has to. */
  readonly priority?: Priority | undefined;
}

const queueSchema = strictObject({
  size: z.int('a whole number').min(1, 'at least 1').max(1_000_000, 'at most 1,000,000').default(1_000),
  timeout: durationSchema(1).default(5_000),
}).transform(({ size, timeout }) => ({ size, timeout: milliseconds(timeout) }));

export const limitsSchema = strictObject({
  maxConnections: maxConnectionsSchema.optional(),
  queue: queueSchema.optional(),
  rate: rateSchema.optional(),
  adaptive: adaptiveSchema.optional(),
  priority: z.custom<Priority>((value) => typeof value === 'function', 'a function of the request').optional(),
});

export type ParsedLimits = z.output<typeof limitsSchema>;
