import { z } from 'zod';
import { type Duration, durationSchema, milliseconds } from './core/duration.js';
import { FairleadError } from './core/errors.js';
import { problemsOf, problemsText, strictObject } from './core/problems.js';

/** How many came to their end by themselves, and how many were broken off at the deadline. */
export interface DrainCount {
  readonly ended: number;
  readonly cut: number;
}

/** What became of all that was under way, and of what came meanwhile from pinned clients. */
export interface DrainReport {
  /** Requests, but for the following two. One that is cut was still without an answer, and its client gets 503. */
  readonly requests: DrainCount;
  /** Answers that were on their way to the client when this began, or when they were cut. */
  readonly streams: DrainCount;
  /** Upgraded sockets. A WebSocket that closes because it was asked to has ended. */
  readonly upgrades: DrainCount;
  /** The backend was set `ready` again, or added again, before this was over: it is in use. */
  readonly calledOff?: true;
}

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
