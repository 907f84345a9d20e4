import type { HeaderList } from '../util/header-list.js';
import type { Backend, BackendRecord } from './backend.js';
import type { Clock } from './clock.js';
import type { Asker, Exchange } from './exchange.js';
import type { Pool } from './pool.js';
import type { Schema } from './schema.js';

/**
 * What a request says of its pin: the backend, whether or not that takes anyone right now; nothing; or `'ignored'`, a pin
 * that names nobody of this pool (forged, cut, expired, of a backend that is gone), which is as if absent, but counted.
 */
export type Found = BackendRecord | 'ignored' | undefined;

/** A backend's answer to a request, at the commit point. */
export interface PinnedAnswer {
  readonly backend: Backend;
  /** What `find` gave; with `backend` the same, the pin held. */
  readonly found: Found;
  readonly status: number;
  /** As the backend sent them. */
  readonly headers: HeaderList;
}

/** Is shown the first bytes of an answer's body, before the client gets them. @returns whether it wants to see more */
export type Look = (chunk: Buffer) => boolean;

/** Keeps a client on one backend. */
export interface Affinity {
  /**
   * Whom this client is pinned to. No side effect. A promise only where the pins lie in a store that has to be asked; it
   * never rejects.
   */
  find(asker: Asker, pool: Pool): Found | Promise<Found>;
  /** The same for `explain`, where `find` leaves a trace or cannot answer at once; `'unasked'` where this cannot either. */
  peek?(asker: Asker, pool: Pool): Found | 'unasked';
  /** Sees an answer's head; gives the lines (name, value, name, value ...) that pin the client to the backend. */
  pin?(exchange: Exchange, answer: PinnedAnswer): readonly string[];
  /** Whether the body is to be looked at too, and how. Asked for after `pin`, and not of upgrades. */
  look?(exchange: Exchange, answer: PinnedAnswer): Look | undefined;
  /** Name of a cookie that is ours alone, so that backends never see it. */
  readonly cookie?: string;
  /** Whether clients are told apart by their address, so that an untrusted proxy in front makes them one. */
  readonly byAddress?: boolean;
  /** The balancer closes: it pins no new clients. */
  close?(): void;
}

/**
 * What became of a client's pin: it had none, it was sent where it is pinned, or that backend takes nobody (or just
 * failed to answer) and another was chosen (`lost`), or none (`rejected`).
 */
export type PinResult = 'none' | 'hit' | 'lost' | 'rejected';

/** What an affinity is made with. */
export interface AffinityEnvironment {
  /** Name of the balancer, from which a cookie's default name follows. */
  readonly balancer: string;
  /** Ids of the balancer's backends, as they are at that moment. */
  readonly backends: () => readonly string[];
  readonly clock: Clock;
  /** Tells the operator, once a request is not to pay for it. */
  readonly warn: (warning: WarningCode, message: string) => void;
  /** Code of the user's, such as a store, failed: `what` says which. */
  readonly threw: (what: string, cause: unknown) => void;
}

/** What an operator is warned of. */
export type WarningCode = 'cookie-collision' | 'cookie-dropped' | 'untrusted-proxy' | 'action-refused';

/** A registry entry of lib/sticky/. Method style, so that modules of different options fit one record. */
export interface AffinityModule<Options extends object> {
  readonly options: Schema<Options>;
  create(options: Options, environment: AffinityEnvironment): Affinity;
}
