import { channel } from 'node:diagnostics_channel';
import type { PinResult, WarningCode } from './affinity.js';
import type { AdminState } from './backend.js';
import type { LastCheck } from './check.js';
import type { DrainReport } from './drain-report.js';
import type { ErrorCode, FairleadError } from './errors.js';

/** One finished request, as an access log wants it. */
export interface RequestRecord {
  /** When it came, in milliseconds since the epoch. */
  readonly at: number;
  readonly balancer: string;
  readonly method: string;
  /** The request target as the client sent it. */
  readonly url: string;
  /** As in `'1.1'`. */
  readonly httpVersion: string;
  /** What the client sent as Referer and User-Agent, where it did. */
  readonly referer?: string;
  readonly userAgent?: string;
  /** With the option `requestId`. */
  readonly requestId?: string;
  /** Client address, through the proxies that are trusted. */
  readonly client: string;
  /** Id of the backend that had it last; absent when none was available. */
  readonly backend?: string;
  /** Backends asked. */
  readonly attempts: number;
  /** Status sent to the client; 499 when it went away, 101 for a tunnel. */
  readonly status: number;
  readonly outcome: 'answered' | 'failed' | 'aborted';
  /** Why, unless it was answered. */
  readonly code?: ErrorCode;
  /** Milliseconds to the backend's response head; -1 when none came. */
  readonly responseTime: number;
  /** Milliseconds from asking the last backend to the end of its answer; 0 when none was asked. */
  readonly upstreamTime: number;
  /** Bytes of the request's body that went to that backend, and of its answer's that went to the client. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Milliseconds in all. */
  readonly duration: number;
  readonly upgrade: boolean;
  /** What became of the client's pin; absent without the option `sticky`. */
  readonly sticky?: PinResult;
  /** True where it got the answer to another client's request, which is the one that `backend` had. */
  readonly coalesced?: boolean;
}

/** Why another attempt is made: a class of failure, a status of the backend's answer, or an answer that keeps waiting. */
export type RetryReason = 'connect' | 'reset' | 'timeout' | 'status' | 'hedge';

/** Another attempt at a request is about to be made. */
export interface RetryRecord {
  readonly method: string;
  /** Id of the backend that had it. */
  readonly backend: string;
  /** Attempts so far. */
  readonly attempt: number;
  readonly reason: RetryReason;
  /** What failed, for a failure. */
  readonly code?: ErrorCode;
  /** What the backend answered, for a status. */
  readonly status?: number;
  /** Milliseconds until the next attempt. */
  readonly delay: number;
}

/** What happened to a backend, and why. */
export interface BackendChange {
  readonly backend: string;
  readonly reason: string;
}

/** Who came or went. */
export interface MemberChange {
  readonly backend: string;
  /** Its address. */
  readonly url: string;
}

/** Event names and what their listeners are given. */
export interface Events {
  /** A request has ended, whatever came of it. */
  request: RequestRecord;
  /** A request is sent again. */
  retry: RetryRecord;
  /** A backend's state was changed, by its operator or (`health.steer`) by what it says of itself. */
  'backend:state': {
    readonly backend: string;
    readonly from: AdminState;
    readonly to: AdminState;
    /** Present where it was the backend's own word. */
    readonly by?: 'backend';
  };
  /** A backend was added while the balancer runs. */
  'backend:added': MemberChange;
  /** A backend is no longer among the backends: it was removed, and has drained, or another took its id. */
  'backend:removed': MemberChange;
  /** Active checks have found a backend well that was not, or that they had not seen before. */
  'backend:up': BackendChange;
  /** Active checks have failed often enough. */
  'backend:down': BackendChange;
  /** A backend is left out because of what its requests came to, for so many milliseconds. */
  'breaker:open': BackendChange & { readonly openFor: number };
  /** That time is over: one request is let through and decides. */
  'breaker:half-open': BackendChange;
  /** The backend is back. */
  'breaker:close': BackendChange;
  /** A check has ended. */
  check: LastCheck & { readonly backend: string };
  /** The balancer found that it is set up wrong, each thing once; or an action on the dashboard was refused. */
  warning: { readonly code: WarningCode; readonly message: string };
  /** The balancer has closed: nothing is under way any more. Told once, with what became of it. */
  close: DrainReport;
  /** Something failed: a request (with its backend, if one had it), or code of the user's that threw. */
  error: { readonly error: FairleadError; readonly backend?: string };
}

export type EventName = keyof Events;
export type Listener<Name extends EventName> = (event: Events[Name]) => void;

/** Each one by name: the compiler refuses a list that is not that of {@link Events}. All else follows from it. */
const NAMES: Readonly<Record<EventName, true>> = {
  request: true,
  retry: true,
  'backend:state': true,
  'backend:added': true,
  'backend:removed': true,
  'backend:up': true,
  'backend:down': true,
  'breaker:open': true,
  'breaker:half-open': true,
  'breaker:close': true,
  check: true,
  warning: true,
  close: true,
  error: true,
};

export const eventNames: readonly EventName[] = Object.keys(NAMES).filter((key): key is EventName => key in NAMES);

interface Listening<Name extends EventName> {
  readonly listener: Listener<Name>;
  /** It is to be called only once. */
  readonly once: boolean;
}

/** Of one event. The list is never changed, only replaced: an event that is being told goes through its own to the end. */
interface Audience<Name extends EventName> {
  all: readonly Listening<Name>[];
}

type Audiences = { [Name in EventName]: Audience<Name> };

function ofEach<T>(make: (name: EventName) => T): Record<EventName, T> {
  return Object.fromEntries(eventNames.map((name) => [name, make(name)])) as Record<EventName, T>;
}

/** Where they are published: a name is one channel, whoever asks for it. */
const CHANNELS = ofEach((name) => channel(`fairlead:${name}`));

/**
 * Typed events, each also published on `node:diagnostics_channel` as `fairlead:<event>`, where all balancers are heard and
 * each message has the name of its own. A listener that throws, or rejects, is reported through `onThrow` and never felt
 * by the request that caused the event.
 */
export class Emitter {
  readonly #balancer: string;
  readonly #audiences: Audiences = ofEach(() => ({ all: [] }));
  readonly #onThrow: (thrown: unknown, event: EventName) => void;

  constructor(balancer: string, onThrow: (thrown: unknown, event: EventName) => void) {
    this.#balancer = balancer;
    this.#onThrow = onThrow;
  }

  on<Name extends EventName>(name: Name, listener: Listener<Name>, once = false): void {
    if (typeof listener !== 'function') throw new TypeError(`the listener of '${name}' is no function`);
    const audience = this.#of(name);
    const at = audience.all.findIndex((known) => known.listener === listener);
    audience.all = audience.all.toSpliced(at === -1 ? audience.all.length : at, 1, { listener, once });
  }

  off<Name extends EventName>(name: Name, listener: Listener<Name>): void {
    const audience = this.#of(name);
    audience.all = audience.all.filter((known) => known.listener !== listener);
  }

  /** Whether an event would reach anyone: spares the request path a record nobody reads. */
  heard(name: EventName): boolean {
    return this.#audiences[name].all.length > 0 || CHANNELS[name].hasSubscribers;
  }

  emit<Name extends EventName>(name: Name, event: Events[Name]): void {
    // What a subscriber of a channel throws, Node raises as an uncaughtException on the next tick, as it documents.
    if (CHANNELS[name].hasSubscribers) {
      CHANNELS[name].publish('balancer' in event ? event : { balancer: this.#balancer, ...event });
    }
    const audience = this.#of(name);
    // Who is added meanwhile hears of the next event; who is taken off meanwhile, of none.
    for (const { listener, once } of audience.all) {
      if (!audience.all.some((known) => known.listener === listener)) continue;
      if (once) this.off(name, listener);
      this.#call(name, listener, event);
    }
  }

  #call<Name extends EventName>(name: Name, listener: (event: Events[Name]) => unknown, event: Events[Name]): void {
    try {
      const returned = listener(event);
      if (returned instanceof Promise) returned.catch((reason: unknown) => this.#onThrow(reason, name));
    } catch (thrown) {
      this.#onThrow(thrown, name);
    }
  }

  #of<Name extends EventName>(name: Name): Audience<Name> {
    if (Object.hasOwn(this.#audiences, name)) return this.#audiences[name];
    throw new TypeError(`there is no event '${name}': one of ${eventNames.join(', ')}`);
  }
}
