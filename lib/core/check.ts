/** What active checks say of a backend; `unknown` until the first has passed or enough have failed. */
export type Health = 'unknown' | 'up' | 'down';

/** Where a backend is checked, if elsewhere than where its traffic goes. */
export interface CheckPlace {
  /** Another address altogether, with the path: `http://10.0.0.1:9000/health`. Not with `port` or `path`. */
  readonly url?: string | URL | undefined;
  /** Another port of the same host. */
  readonly port?: number | undefined;
  /** Another path than that of the option `health`. */
  readonly path?: string | undefined;
}

/** How the last check of a backend went. */
export interface LastCheck {
  /** When it ended, in ms since the epoch. */
  readonly at: number;
  readonly ok: boolean;
  /** How long it took. */
  readonly ms: number;
  /** Why it failed. */
  readonly error?: string;
}

/** The header in which a backend says something of itself, on any answer: `drain`, `ready`, `50%` ... */
export const STEERING_HEADER = 'x-fairlead-backend';

/** What a backend says of itself. */
export interface Steering {
  readonly state?: 'ready' | 'drain' | 'maintenance';
  /** Share of its weight, above 0 and at most 1. */
  readonly share?: number;
}

/** What came of a check. */
export interface CheckResult {
  readonly ok: boolean;
  /** Why it failed. */
  readonly error?: string;
  /** What the backend told of itself: uptime, memory, version, checks ... */
  readonly report?: Readonly<Record<string, unknown>>;
  readonly steering?: Steering;
}
