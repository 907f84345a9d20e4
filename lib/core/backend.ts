import { createHash } from 'node:crypto';
import type { CheckPlace, Health } from './check.js';
import { type Duration, milliseconds } from './duration.js';

/** A backend as users describe it; a bare string or URL stands for `{ url }`. */
export interface BackendInput {
  /** `http://host:port`, `https://host:port`, or `unix:/path/to.sock`. */
  readonly url: string | URL;
  /** Name in statistics, events and cookies. Default: a stable hash of the URL, so that it survives a reordering. */
  readonly id?: string | undefined;
  /** Share of the traffic relative to the others: above 0, at most 1000. Default 1. */
  readonly weight?: number | undefined;
  /** Its tier, a whole number: used only when nothing of a lower priority is available. Default 0. */
  readonly priority?: number | undefined;
  /** `true` is priority 1: used only when no other is available. */
  readonly backup?: boolean | undefined;
  /** Where it stands, as in `'eu-1'`; see the balancer's option `zone`. */
  readonly zone?: string | undefined;
  /**
   * Most requests and upgraded sockets at once, a whole number of at least 1. Default: the balancer's option
   * `limits.maxConnections`.
   */
  readonly maxConnections?: number | undefined;
  /** How long it takes to grow to its full weight. Default: the balancer's option `slowStart`. */
  readonly slowStart?: Duration | undefined;
  /**
   * Where it is checked, if elsewhere than the option `health` says: a path, or another port or URL. `false`: it is not
   * checked at all.
   */
  readonly health?: false | string | CheckPlace | undefined;
  /** Anything a strategy of one's own wants to know; fairlead does not read it. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * What the operator wants of a backend: `ready` takes everyone, `drain` only clients pinned to it, `maintenance` nobody,
 * and is not checked either.
 */
export type AdminState = 'ready' | 'drain' | 'maintenance';

/** What the requests to a backend say of it: `open` leaves it out, `half-open` lets one through to see. */
export type BreakerPhase = 'closed' | 'open' | 'half-open';

/** What a backend has asked for (`health.steer`). */
export interface Steered {
  readonly state: AdminState;
  /** Share of its weight, above 0 and at most 1. */
  readonly share: number;
}

const NOT_STEERED: Steered = Object.freeze({ state: 'ready', share: 1 });

/** A backend as strategies see it. Read only: the counters are written by leases, the rest by the pool. */
export interface Backend {
  readonly id: string;
  readonly url: URL;
  /** Share of the traffic relative to the others as it is now, slow start and `setWeight` applied; above 0. */
  readonly weight: number;
  /** Its tier; candidates are all of one. */
  readonly priority: number;
  readonly zone: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly state: AdminState;
  /** Requests and upgraded sockets in flight. */
  readonly active: number;
  /** Of `active`, the upgraded sockets. */
  readonly upgrades: number;
  /** Requests ever sent here. */
  readonly total: number;
}

/** The house's own side of a {@link Backend}, to be written by pool and leases, with what strategies need not know. */
export type BackendRecord = { -readonly [Key in keyof Backend]: Backend[Key] } & {
  /** The weight that was asked for; `weight` is below it while the backend starts slowly. */
  configuredWeight: number;
  /** Milliseconds it takes to grow to that; undefined leaves it to the balancer. */
  slowStart: number | undefined;
  /** Where it is checked; `false` for not at all, undefined for where its traffic goes. */
  check: false | CheckPlace | undefined;
  // Four who have a say in what a backend gets: `state` is the operator's, and each of these has one writer too. None
  // overwrites another; core/eligibility.ts derives from all of them.
  /** By active checks. */
  health: Health;
  /** By the outcomes of its requests. */
  breaker: BreakerPhase;
  /** Half-open, and the one request that decides is on its way. */
  onTrial: boolean;
  /** By the same: it cannot be connected to, and is not left out only since others are; asked after all others. */
  unreachable: boolean;
  /** By what it says of itself. */
  steered: Steered;
  /** Most requests and upgraded sockets at once; undefined leaves it to the balancer. */
  maxConnections: number | undefined;
  /** Most requests at once as latency has it (`limits.adaptive`); Infinity where that has no say. */
  concurrency: number;
  /** It had as many requests as it may have in this span of time (`limits.rate.backend`). */
  spent: boolean;
  /** No room for one more: what the pool makes of these three and `active`. */
  full: boolean;
  // Written by leases, like the counters above.
  /** Bytes of request bodies sent there, and of what tunnels carried there. */
  bytesIn: number;
  /** Bytes of its answers' bodies, and of what tunnels brought from there. */
  bytesOut: number;
  /**
   * `drained`: the deadline of its drain is over, so that pinned clients leave too. `gone`: it is no longer among the
   * backends; what is under way there ends.
   */
  presence: 'member' | 'drained' | 'gone';
};

/** What of a backend can be declared anew while it runs, but for its weight. */
export type Declared = Pick<BackendRecord, 'priority' | 'zone' | 'metadata' | 'slowStart' | 'check' | 'maxConnections'>;

/** A backend's address for people: without the slash that URLs end in. */
export function addressOf(url: URL): string {
  return url.protocol === 'unix:' ? url.href : url.origin;
}

/** A short, stable name for a URL: the same in every process, and no address in the clear. */
export function defaultId(url: URL): string {
  return createHash('sha256').update(addressOf(url)).digest('hex').slice(0, 12);
}

/** Makes the record of a backend whose input has been validated. */
export function backendRecord(input: BackendInput): BackendRecord {
  const url = new URL(input.url);
  const weight = input.weight ?? 1;
  return {
    id: input.id ?? defaultId(url),
    url,
    weight,
    configuredWeight: weight,
    slowStart: input.slowStart === undefined ? undefined : milliseconds(input.slowStart),
    check: typeof input.health === 'string' ? { path: input.health } : input.health,
    health: 'unknown',
    breaker: 'closed',
    onTrial: false,
    unreachable: false,
    steered: NOT_STEERED,
    maxConnections: input.maxConnections,
    concurrency: Number.POSITIVE_INFINITY,
    spent: false,
    full: false,
    presence: 'member',
    priority: input.priority ?? (input.backup === true ? 1 : 0),
    zone: input.zone,
    metadata: Object.freeze({ ...input.metadata }),
    state: 'ready',
    active: 0,
    upgrades: 0,
    total: 0,
    bytesIn: 0,
    bytesOut: 0,
  };
}
