import { z } from 'zod';
import type { ErrorCode } from '../core/errors.js';
import type { Outcome } from '../core/outcome.js';
import { strictObject } from '../core/problems.js';

/** Another backend is tried only where nothing of the request has reached the first one. */
export interface RetryOptions {
  /** Attempts beyond the first, each at a backend not yet tried. Default 2. */
  readonly attempts?: number | undefined;
}

export const retrySchema = strictObject({
  attempts: z.int('a whole number').min(0, 'at least 0').max(100, 'at most 100').default(2),
});

const NOTHING_SENT: ReadonlySet<ErrorCode> = new Set(['FAIRLEAD_CONNECT', 'FAIRLEAD_CONNECT_TIMEOUT', 'FAIRLEAD_TLS']);

/**
 * Whether a failed attempt may be made again elsewhere. `made` and `allowed` count attempts. Only a failure to connect: nothing was sent, so any method is
 * safe (Caddy's first class).
 */
export function mayRetry(outcome: Outcome, made: number, allowed: number): boolean {
  return made < allowed && neverArrived(outcome);
}

/** Whether an attempt failed before anything of the request was sent: its backend is as good as gone. */
export function neverArrived(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && !outcome.committed && NOTHING_SENT.has(outcome.error.code);
}
