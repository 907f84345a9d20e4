import type { z } from 'zod';
import type { Backend } from '../../core/backend.js';
import type { Clock } from '../../core/clock.js';
import type { Outcome } from '../../core/outcome.js';

/** Says when a backend has failed often enough to be left out for a while. */
export interface TripRule {
  /**
   * Called once for each attempt that says something of its backend, while that is not left out already; of an
   * upgrade when its protocol is switched.
   *
   * @param failed whether it counts against the backend: its failures, and the `statuses` that are listed
   * @returns why the backend is to be left out now, or `true`; nothing or `false` as long as it is not
   */
  record(backend: Backend, failed: boolean, outcome: Outcome): string | boolean | undefined;
  /** The backend is back, or has left: what was known of it no longer counts. */
  reset?(backend: Backend): void;
}

/** A registry entry. Method style, so that modules of different options fit one record. */
export interface TripModule<Options extends object> {
  /** Its own members of the option `breaker`; each with a default. */
  readonly shape: z.ZodRawShape;
  create(options: Options, clock: Clock): TripRule;
}
