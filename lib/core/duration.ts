import ms from 'ms';
import { z } from 'zod';

/** Milliseconds, or a text as in `'30s'`, `'5m'`, `'1h'` (package `ms`). */
export type Duration = number | string;

/** Milliseconds of a duration that has been validated. */
export function milliseconds(duration: Duration): number {
  return typeof duration === 'number' ? duration : (parse(duration) ?? 0);
}

function parse(text: string): number | undefined {
  // ms() throws for '' and for texts over 100 characters, and returns undefined or NaN for what it cannot read.
  if (text === '' || text.length > 100) return undefined;
  const value = ms(text as ms.StringValue);
  return Number.isFinite(value) ? value : undefined;
}

/** A schema for durations between two bounds, in milliseconds. */
export function durationSchema(min: number, max = Number.MAX_SAFE_INTEGER): z.ZodType<Duration> {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min} ms` : `from ${min} to ${max} ms`;
  return z.custom<Duration>(
    (value) => {
      const number = typeof value === 'string' ? parse(value) : value;
      return typeof number === 'number' && number >= min && number <= max;
    },
    { message: `a duration ${range}: a number of milliseconds, or a text as in '30s'` },
  );
}
