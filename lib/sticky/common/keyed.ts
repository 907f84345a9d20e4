import { z } from 'zod';
import type { Affinity, Found } from '../../core/affinity.js';
import type { Asker } from '../../core/exchange.js';
import type { Pool } from '../../core/pool.js';
import { Home } from './home.js';

export interface KeyedOptions {
  /** Name of what in a request says where it goes. */
  readonly name: string;
  /** The value is any key, hashed to a backend. Default false: it is a backend's id. */
  readonly hash?: boolean | undefined;
}

/** Members of the options' schema, but for the name. */
export const keyedShape = { hash: z.boolean('true or false').optional() };

/** Where a key stands in a request; undefined or `''` for nowhere. */
export type KeyOf = (asker: Asker) => string | undefined;

/** Pins a client by something of its own that comes with every request. */
export class KeyedAffinity implements Affinity {
  readonly #keyOf: KeyOf;
  readonly #home: Home | undefined;

  constructor(keyOf: KeyOf, hash: boolean) {
    this.#keyOf = keyOf;
    this.#home = hash ? new Home() : undefined;
  }

  find(asker: Asker, pool: Pool): Found {
    const key = this.#keyOf(asker);
    if (key === undefined || key === '') return undefined;
    if (this.#home !== undefined) return this.#home.of(key, pool);
    // Anyone can write a backend's name: whom nobody could reach by right, nobody reaches so (URL manipulation).
    const named = pool.find(key);
    return named !== undefined && (pool.acceptsPinned(named, []) || pool.isBusy(named)) ? named : 'ignored';
  }
}
