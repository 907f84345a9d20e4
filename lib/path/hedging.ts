import type { BackendRecord } from '../core/backend.js';
import { FairleadError } from '../core/errors.js';
import type { Lease } from '../core/lease.js';
import type { Outcome } from '../core/outcome.js';
import type { Terms } from '../forward/errand.js';
import { Race, type Runner } from '../resilience/race.js';
import type { Retries } from '../resilience/retries.js';
import type { Trail } from '../resilience/trail.js';
import { choose, toPick } from './choose.js';
import type { Trip } from './journey.js';
import type { Stages } from './stages.js';

/** One of two attempts at once. */
export interface Entry {
  readonly race: Race;
  readonly runner: Runner;
}

/** An attempt that may be one of two. */
type Attempt = (stages: Stages, trip: Trip, lease: Lease, entry: Entry) => Promise<Outcome>;

/** What is asked at the commit point: whether the client gets this answer. Undefined where it gets any. */
export function taking(
  retries: Retries,
  trail: Trail,
  backend: BackendRecord,
  entry: Entry | undefined,
): Terms['takes'] {
  if (entry === undefined) {
    return retries.policy.looksAtAnswers ? (status, headers) => trail.takes(backend, status, headers) : undefined;
  }
  const { race, runner } = entry;
  return (status, headers) => {
    // The other one may still do better.
    if (trail.shuns(status) && race.isRunning(runner)) return false;
    const taken = trail.takes(backend, status, headers);
    if (taken) race.won(runner);
    return taken;
  };
}

/** An attempt, and after a while a second one elsewhere: the first answer wins, the other attempt is cancelled. */
export function hedged(stages: Stages, trip: Trip, first: Lease, after: number, attempt: Attempt): Promise<Outcome> {
  const { errand, trail } = trip;
  const { retries, leases } = stages;
  const race = new Race();
  return race.run(
    (runner) => attempt(stages, trip, first, { race, runner }),
    (runner) => {
      if (!errand.repeatableAtOnce) return undefined;
      const second = choose(stages, errand.exchange, undefined, trail.tried, toPick, trail.made);
      // Beside one that is under way nobody waits for a place.
      if (second === 'full' || second instanceof FairleadError) return undefined;
      if (!retries.hedges(errand.exchange, trail)) return undefined;
      return attempt(stages, trip, leases.acquire(second), { race, runner });
    },
    (fn) => retries.clock.after(after, fn),
  );
}
