import { z } from 'zod';
import { type Duration, durationSchema, milliseconds } from '../../../core/duration.js';
import { falseOr, strictObject } from '../../../core/problems.js';

/** A limit that follows a backend's latency. */
export interface AdaptiveOptions {
  /**
   * Least a backend gets at once, and what it gets while its latency without load is measured: a whole number of at least
   * 1. Default 3, as Envoy has it.
   */
  readonly min?: number | undefined;
  /** Most a backend gets at once, a whole number of at least `min`. Default 1,000, as Envoy has it. */
  readonly max?: number | undefined;
  /** How often the latency without load is measured anew, at least 1 s; up to 15 % later, by chance. Default 60 s. */
  readonly interval?: Duration | undefined;
  /** Which latency counts: that which so many per cent of the answers stay below, 1 to 99. Default 50. */
  readonly percentile?: number | undefined;
}

const whole = z.int('a whole number').min(1, 'at least 1').max(1_000_000, 'at most 1,000,000');

const adaptiveObject = strictObject({
  min: whole.default(3),
  max: whole.default(1_000),
  interval: durationSchema(1_000).default(60_000),
  percentile: z.number('a number of per cent').min(1, 'at least 1').max(99, 'at most 99').default(50),
})
  .refine(({ min, max }) => min <= max, { message: 'not below min', path: ['max'] })
  .transform(({ min, max, interval, percentile }) => ({
    min,
    max,
    interval: milliseconds(interval),
    quantile: percentile / 100,
  }));

export type ParsedAdaptive = z.output<typeof adaptiveObject>;

/** `true` stands for `{}`; of `false` nothing is left. */
export const adaptiveSchema = falseOr(z.preprocess((given) => (given === true ? {} : given), adaptiveObject)).transform(
  (adaptive) => (adaptive === false ? undefined : adaptive),
);
