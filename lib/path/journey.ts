import type { Found, PinResult } from '../core/affinity.js';
import type { Backend, BackendRecord } from '../core/backend.js';
import { FairleadError } from '../core/errors.js';
import type { Exchange } from '../core/exchange.js';
import { gone, type Outcome, refused } from '../core/outcome.js';
import type { Audience } from '../core/recipient.js';
import type { RequestTrace } from '../core/tracer.js';
import type { Errand } from '../forward/errand.js';
import type { Trail } from '../resilience/trail.js';
import type { Stages } from './stages.js';

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
  /** What became of the pin was counted when the answer came. */
  readonly counted?: boolean | undefined;
  /** It got the answer to another client's request. */
  readonly coalesced?: boolean;
}

/** What the attempts at one request share. */
export interface Trip {
  readonly errand: Errand;
  readonly trail: Trail;
  readonly found: Found;
  /** Undefined without the option `tracing`. */
  readonly trace: RequestTrace | undefined;
  /** What became of the pin has been counted. */
  counted: boolean;
}

/** @param audience who gets the answer, if not this client alone */
export function tripOf(stages: Stages, exchange: Exchange, found: Found, audience?: Audience): Trip {
  const errand = stages.forwarder.errand(exchange, audience);
  const trail = stages.retries.begin(exchange, errand);
  return { errand, trail, found, trace: stages.tracer?.begin(exchange), counted: false };
}

/** The end of a request that was turned away before it set out. */
export function turnedAway(error: FairleadError): Journey {
  return { outcome: refused(error), backend: undefined, attempts: 0, found: undefined, pin: 'none' };
}

/** The end of a request in which something has thrown that nobody foresaw. */
export function brokenDown(cause: unknown): Journey {
  return turnedAway(new FairleadError('FAIRLEAD_ENGINE', 'the load balancer threw', { cause }));
}

export function ended(
  outcome: Outcome,
  { errand, trail, found, counted }: Trip,
  pin = pinResult(found, trail.last),
): Journey {
  errand.end();
  return { outcome, backend: trail.last, attempts: trail.made, found, pin, counted };
}

/** The end of a request that gets no backend, or no further one. */
export function turnedDown(error: FairleadError | 'gone', before: Outcome | undefined, trip: Trip): Journey {
  if (error === 'gone') return ended(gone(), trip);
  const pin = error.code === 'FAIRLEAD_STICKY_LOST' ? 'rejected' : pinResult(trip.found, undefined);
  // An answer that was dropped for the sake of another attempt is no answer any more.
  const outcome = before?.kind === 'failed' ? before : refused(error);
  return ended(outcome, trip, pin);
}

export function pinnedOf(found: Found): BackendRecord | undefined {
  return typeof found === 'object' ? found : undefined;
}

export function pinResult(found: Found, backend: Backend | undefined): PinResult {
  if (typeof found !== 'object') return 'none';
  return backend === found ? 'hit' : 'lost';
}

export function failureOf(outcome: Outcome): FairleadError | undefined {
  return outcome.kind === 'failed' ? outcome.error : undefined;
}
