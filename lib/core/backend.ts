import { createHash } from 'node:crypto';
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
  /** How long it takes to grow to its full weight. Default: the balancer's option `slowStart`. */
  readonly slowStart?: Duration | undefined;
  /** Anything a strategy of one's own wants to know; fairlead does not read it. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** What the operator wants of a backend: `ready` takes everyone, `drain` only clients pinned to it. */
export type AdminState = 'ready' | 'drain';

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
  readonly slowStart: number | undefined;
};

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
    priority: input.priority ?? (input.backup === true ? 1 : 0),
    zone: input.zone,
    metadata: Object.freeze({ ...input.metadata }),
    state: 'ready',
    active: 0,
    upgrades: 0,
    total: 0,
  };
}
