import { choose, toPick } from './choose.js';
import type { Affinity, Found, PinResult } from './core/affinity.js';
import type { Backend, BackendRecord } from './core/backend.js';
import { FairleadError } from './core/errors.js';
import type { Exchange } from './core/exchange.js';
import { Lease } from './core/lease.js';
import { gone, type Outcome, refused } from './core/outcome.js';
import type { Audience } from './core/recipient.js';
import type { Errand, Terms } from './forward/errand.js';
import type { Forwarder } from './forward/forwarder.js';
import { whenClosed } from './forward/response/client-gone.js';
import { waited } from './resilience/backoff.js';
import type { ClientRate } from './resilience/limits/rate/client-rate.js';
import { Race, type Runner } from './resilience/race.js';
import type { Retries } from './resilience/retries.js';
import { neverArrived } from './resilience/retry.js';
import type { Trail } from './resilience/trail.js';
import { type Seating, seated } from './seats.js';
import type { Coalescer, Place } from './shaping/coalescing/coalescer.js';
import type { Guest } from './shaping/coalescing/guest.js';
import { refusalOf } from './sticky/common/lost.js';

/** What the path leads through; lib/balancer.ts puts it together. */
export interface Stages extends Seating {
  readonly clientRate: ClientRate | undefined;
  readonly forwarder: Forwarder;
  readonly retries: Retries;
  /** Undefined where nobody shares anything. */
  readonly coalescer: Coalescer | undefined;
}

/** How a request went. */
export interface Journey {
  readonly outcome: Outcome;
  /** The backend that had it last, if any had. */
  readonly backend: Backend | undefined;
  /** Backends asked. */
  readonly attempts: number;
  /** What the client had for a pin, and what became of it. */
  readonly found: Found;
  readonly pin: PinResult;
  /** It got the answer to another client's request. */
  readonly coalesced?: boolean;
}

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
    : together(stages, exchange, found, place);
}

/** A request that shares an exchange: its own, or that of an earlier one. */
async function together(
  stages: Stages,
  exchange: Exchange,
  found: Found,
  { shared, member, leads }: Place,
): Promise<Journey> {
  const trip = leads ? tripOf(stages, exchange, found, shared) : undefined;
  // It outlasts its own client where another is left to answer.
  if (trip !== undefined) void attempts(stages, trip).then((journey) => shared.over(journey.outcome));
  const outcome = await member.end;
  if (outcome === 'alone') return attempts(stages, tripOf(stages, exchange, found));
  const backend = shared.backend ?? trip?.trail.last;
  const pin = failureOf(outcome)?.code === 'FAIRLEAD_STICKY_LOST' ? 'rejected' : pinResult(found, backend);
  return { outcome, backend, attempts: trip?.trail.made ?? 0, found, pin, coalesced: !leads };
}

/** A client as those see it that it may share an answer with. */
function guestOf({ affinity, forwarder }: Stages, exchange: Exchange, found: Found): Guest {
  return {
    request: exchange.request,
    whenClosed: (closed) => whenClosed(exchange.response, closed),
    open: (backend, onDrain) =>
      forwarder.recipient(exchange, backend, hooksOf(affinity, exchange, backend, found).pin, onDrain),
  };
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

/** What the attempts at one request share. */
interface Trip {
  readonly errand: Errand;
  readonly trail: Trail;
  readonly found: Found;
}

/** @param audience who gets the answer, if not this client alone */
function tripOf(stages: Stages, exchange: Exchange, found: Found, audience?: Audience): Trip {
  const errand = stages.forwarder.errand(exchange, audience);
  return { errand, trail: stages.retries.begin(exchange.request, errand), found };
}

/** One of two attempts at once. */
interface Entry {
  readonly race: Race;
  readonly runner: Runner;
}

/** One attempt, or two at once where the first takes long. A client that is pinned waits for its own backend. */
function asked(stages: Stages, trip: Trip, lease: Lease): Promise<Outcome> {
  const { errand, trail, found } = trip;
  const alone = trail.made > 0 || typeof found === 'object';
  const hedge = alone ? undefined : stages.retries.hedgeDelay(errand.exchange);
  return hedge === undefined ? attempt(stages, trip, lease) : hedged(stages, trip, lease, hedge);
}

/** One attempt: forward, release. */
function attempt(
  { forwarder, retries, affinity }: Stages,
  { errand, trail, found }: Trip,
  lease: Lease,
  entry?: Entry,
): Promise<Outcome> {
  const { backend } = lease;
  trail.asks(backend);
  const { pin, look } = hooksOf(affinity, errand.exchange, backend, found);
  const takes = taking(retries, trail, backend, entry);
  const over = (outcome: Outcome): void => {
    lease.release(outcome);
    retries.ended(outcome);
  };
  return forwarder.forward(errand, lease, { pin, look, takes, started: entry?.runner.enters, over });
}

/** What is asked at the commit point: whether the client gets this answer. Undefined where it gets any. */
function taking(retries: Retries, trail: Trail, backend: BackendRecord, entry: Entry | undefined): Terms['takes'] {
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
function hedged(stages: Stages, trip: Trip, first: Lease, after: number): Promise<Outcome> {
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

/** Waits before the same backends are asked again; false as soon as the client has gone. */
async function rested({ retries }: Stages, { errand, trail }: Trip): Promise<boolean> {
  return trail.delay === 0 || waited(retries.clock, trail.delay, (gone) => errand.whenGone(gone));
}

/** The end of a request that was turned away before it set out. */
export function turnedAway(error: FairleadError): Journey {
  return { outcome: refused(error), backend: undefined, attempts: 0, found: undefined, pin: 'none' };
}

function ended(outcome: Outcome, { errand, trail, found }: Trip, pin = pinResult(found, trail.last)): Journey {
  errand.end();
  return { outcome, backend: trail.last, attempts: trail.made, found, pin };
}

/** The end of a request that gets no backend, or no further one. */
function turnedDown(error: FairleadError | 'gone', before: Outcome | undefined, trip: Trip): Journey {
  if (error === 'gone') return ended(gone(), trip);
  const pin = error.code === 'FAIRLEAD_STICKY_LOST' ? 'rejected' : pinResult(trip.found, undefined);
  // An answer that was dropped for the sake of another attempt is no answer any more.
  const outcome = before?.kind === 'failed' ? before : refused(error);
  return ended(outcome, trip, pin);
}

function pinnedOf(found: Found): BackendRecord | undefined {
  return typeof found === 'object' ? found : undefined;
}

function pinResult(found: Found, backend: Backend | undefined): PinResult {
  if (typeof found !== 'object') return 'none';
  return backend === found ? 'hit' : 'lost';
}

function failureOf(outcome: Outcome): FairleadError | undefined {
  return outcome.kind === 'failed' ? outcome.error : undefined;
}

type Hooks = Pick<Terms, 'pin' | 'look'>;

const NO_HOOKS: Hooks = { pin: () => [] };

function hooksOf(affinity: Affinity | undefined, exchange: Exchange, backend: Backend, found: Found): Hooks {
  if (affinity?.pin === undefined) return NO_HOOKS;
  const { look } = affinity;
  return {
    pin: (answer) => affinity.pin?.(exchange, { backend, found, ...answer }) ?? [],
    look: look && ((answer) => affinity.look?.(exchange, { backend, found, ...answer })),
  };
}
