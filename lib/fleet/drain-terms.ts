import { z } from 'zod';
import { type Duration, durationSchema, milliseconds } from '../core/duration.js';
import { FairleadError } from '../core/errors.js';
import { problemsOf, problemsText, strictObject } from '../core/problems.js';

/** How something is brought to its end. */
export interface DrainOptions {
  /** What is left after it is cut. Default 30 s. */
  readonly timeout?: Duration | undefined;
  /** `'wait'`: upgraded sockets have until the deadline. `'close'`: WebSockets are closed with 1012 now, others cut. */
  readonly upgrades?: 'wait' | 'close' | undefined;
}

const schema = strictObject({
  timeout: durationSchema(0).optional(),
  upgrades: z.enum(['wait', 'close'], "'wait' or 'close'").optional(),
}).prefault({});

/** Milliseconds, where nobody has said. */
export const TIMEOUT = 30_000;

/** The options, checked. */
export interface DrainTerms {
  /** Milliseconds. */
  readonly timeout: number | undefined;
  readonly upgrades: 'wait' | 'close' | undefined;
}

/** @throws FairleadError FAIRLEAD_OPTIONS that lists every problem */
export function drainTerms(options: unknown, of: string): DrainTerms {
  const parsed = schema.safeParse(options);
  if (!parsed.success) {
    const problems = problemsOf(parsed.error.issues, options);
    throw new FairleadError('FAIRLEAD_OPTIONS', problemsText(problems, of), { problems });
  }
  const { timeout, upgrades } = parsed.data;
  return { timeout: timeout === undefined ? undefined : milliseconds(timeout), upgrades };
}
