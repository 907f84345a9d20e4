import type { Backend, BackendRecord } from './backend.js';
import type { Asker, Exchange } from './exchange.js';
import type { Pool } from './pool.js';
import type { Schema } from './schema.js';

/** Keeps a client on one backend. */
export interface Affinity {
  /** The backend this client is pinned to, whether or not it takes anyone right now. No side effect. */
  find(asker: Asker, pool: Pool): BackendRecord | undefined;
  /** Header lines (name, value, name, value ...) that pin the client to this backend, for the response head. */
  pin?(exchange: Exchange, backend: Backend): readonly string[];
  /** Name of a cookie that is ours alone, so that backends never see it. */
  readonly cookie?: string;
}

/**
 * What became of a client's pin: it had none, it was sent where it is pinned, or that backend takes nobody (or just
 * failed to answer) and another was chosen.
 */
export type PinResult = 'none' | 'hit' | 'lost';

/** A registry entry of lib/sticky/. Method style, so that modules of different options fit one record. */
export interface AffinityModule<Options extends object> {
  readonly options: Schema<Options>;
  /** @param balancer name of the balancer, from which a cookie's default name follows */
  create(options: Options, balancer: string): Affinity;
}
