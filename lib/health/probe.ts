import type { z } from 'zod';
import type { CheckResult } from '../core/check.js';
import type { Target } from './target.js';

/**
 * Asks one backend once whether it is well. Rejects or says why it is not; gives up when the signal is aborted, and holds
 * no connection once it has settled.
 */
export type Probe = (target: Target, signal: AbortSignal) => Promise<CheckResult>;

/** A registry entry. Method style, so that modules of different options fit one record. */
export interface ProbeModule<Options extends object> {
  /** Its own members of the option `health`. */
  readonly shape: z.ZodRawShape;
  create(options: Options): Probe;
}
