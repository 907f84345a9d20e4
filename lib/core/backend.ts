import { createHash } from 'node:crypto';

/** A backend as users describe it; a bare string or URL stands for `{ url }`. */
export interface BackendInput {
  /** `http://host:port`, `https://host:port`, or `unix:/path/to.sock`. */
  readonly url: string | URL;
  /** Name in statistics, events and cookies. Default: a stable hash of the URL, so that it survives a reordering. */
  readonly id?: string | undefined;
  /** Share of the traffic relative to the others: above 0, at most 1000. Default 1. */
  readonly weight?: number | undefined;
  /** Anything a strategy of one's own wants to know; fairlead does not read it. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** What the operator wants of a backend: `ready` takes everyone, `drain` only clients pinned to it. */
export type AdminState = 'ready' | 'drain';

/** A backend as strategies see it. Read only: the counters are written by leases, the rest by the pool. */
export interface Backend {
  readonly id: string;
  readonly url: URL;
  /** Share of the traffic relative to the others; above 0. */
  readonly weight: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly state: AdminState;
  /** Requests and upgraded sockets in flight. */
  readonly active: number;
  /** Of `active`, the upgraded sockets. */
  readonly upgrades: number;
  /** Requests ever sent here. */
  readonly total: number;
}

/** The house's own side of a {@link Backend}: the same, to be written by pool and leases. */
export type BackendRecord = { -readonly [Key in keyof Backend]: Backend[Key] };

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
  return {
    id: input.id ?? defaultId(url),
    url,
    weight: input.weight ?? 1,
    metadata: Object.freeze({ ...input.metadata }),
    state: 'ready',
    active: 0,
    upgrades: 0,
    total: 0,
  };
}
