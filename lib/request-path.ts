import type { Found } from './core/affinity.js';
import type { Exchange } from './core/exchange.js';
import { Lease } from './core/lease.js';
import { gone, type Outcome } from './core/outcome.js';
import { type Entry, hedged, taking } from './path/hedging.js';
import { ended, failureOf, type Journey, pinnedOf, type Trip, tripOf, turnedAway, turnedDown } from './path/journey.js';
import { mirrored } from './path/mirroring.js';
import { countedHooks } from './path/pin-hooks.js';
import { seated } from './path/seats.js';
import { guestOf, together } from './path/sharing.js';
import type { Stages } from './path/stages.js';
import { waited } from './resilience/backoff.js';
import { neverArrived } from './resilience/retry.js';
import { refusalOf } from './sticky/common/lost.js';

/**
 * The way of every request and every upgrade, once lib/identity/ has said who is asking. There is no `await` between
 * `available` and `acquire`: on one thread that makes check-then-take atomic. Never rejects.
 */
export function travel(stages: Stages, exchange: Exchange): Promise<Journey> {
  const limited = stages.clientRate?.refuses(exchange);
  if (limited === undefined) return admitted(stages, exchange);
  return limited.then((error) => (error ? turnedAway(error) : admitted(stages, exchange)));
}

function admitted(stages: Stages, exchange: Exchange): Promise<Journey> {
  const sought = stages.affinity?.find(exchange, stages.pool);
  // Each function that waits costs every request a promise and a turn: only a store that has to be asked is waited for.
  if (sought instanceof Promise) return sought.then((found) => onward(stages, exchange, found));
  return onward(stages, exchange, sought);
}

/** With an exchange of its own, or with one that it shares. */
function onward(stages: Stages, exchange: Exchange, found: Found): Promise<Journey> {
  const place = stages.coalescer?.place(exchange, pinnedOf(found)?.id ?? '', guestOf(stages, exchange, found));
  return place === undefined
    ? attempts(stages, tripOf(stages, exchange, found))
    : together(stages, exchange, found, place, attempts);
}

/** Attempts until one has answered, or there is to be no other. */
async function attempts(stages: Stages, trip: Trip): Promise<Journey> {
  const { errand, trail, found } = trip;
  const { exchange } = errand;
  let pinned = pinnedOf(found);
  let outcome: Outcome | undefined;
  let again: boolean;
  do {
    const seat = seated(stages, errand, trail, pinned);
    const lease = seat instanceof Promise ? await seat : seat;
    if (!(lease instanceof Lease)) return turnedDown(lease, outcome, trip);
    const { backend } = lease;
    outcome = await asked(stages, trip, lease);
    again = trail.goesOn(outcome);
    if (backend === pinned && (again || neverArrived(outcome))) {
      const refusal = refusalOf(stages.onLost, exchange.request, backend, failureOf(outcome));
      if (refusal !== undefined) return turnedDown(refusal, undefined, trip);
    }
    // From here on the client goes where there is room: about its own backend has been decided.
    pinned = undefined;
    if (again && !(await rested(stages, trip))) return ended(gone(), trip);
  } while (again);
  return ended(outcome, trip);
}

/** One attempt, or two at once where the first takes long. A client that is pinned waits for its own backend. */
function asked(stages: Stages, trip: Trip, lease: Lease): Promise<Outcome> {
  const { errand, trail, found } = trip;
  const alone = trail.made > 0 || typeof found === 'object';
  const hedge = alone ? undefined : stages.retries.hedgeDelay(errand.exchange);
  return hedge === undefined ? attempt(stages, trip, lease) : hedged(stages, trip, lease, hedge, attempt);
}

/** One attempt: forward, release. */
function attempt(stages: Stages, trip: Trip, lease: Lease, entry?: Entry): Promise<Outcome> {
  const { forwarder, retries, mirror } = stages;
  const { errand, trail, trace: followed } = trip;
  const { backend } = lease;
  trail.asks(backend);
  const trace = followed?.attempt(backend, trail.made, trail.retry);
  const { pin, look } = countedHooks(stages, trip, backend);
  const takes = taking(retries, trail, backend, entry);
  const over = (outcome: Outcome): void => {
    lease.release(outcome);
    trace?.ended(outcome);
    retries.ended(outcome);
  };
  const outcome = forwarder.forward(errand, lease, { pin, look, takes, started: entry?.runner.enters, over, trace });
  if (mirror !== undefined) mirrored(mirror, forwarder, errand, trail);
  return outcome;
}

/** Waits before the same backends are asked again; false as soon as the client has gone. */
async function rested({ retries }: Stages, { errand, trail }: Trip): Promise<boolean> {
  return trail.delay === 0 || waited(retries.clock, trail.delay, (gone) => errand.whenGone(gone));
}
