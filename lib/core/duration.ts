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

export const DURATION_FORMS = "a number of milliseconds, or a text as in '30s'";

export function isDuration(value: unknown, min = 0): value is Duration {
  const number = typeof value === 'string' ? parse(value) : value;
  return typeof number === 'number' && number >= min && number <= Number.MAX_SAFE_INTEGER;
}

/** A schema for durations of at least `min` milliseconds. */
export function durationSchema(min: number): z.ZodType<Duration> {
  const message = `a duration of at least ${min} ms: ${DURATION_FORMS}`;
  return z.custom<Duration>((value) => isDuration(value, min), { message });
}
