import type { BackendRecord } from '../../core/backend.js';
import type { Pool } from '../../core/pool.js';
import { hash32 } from '../../util/hash.js';
import { RendezvousTable } from '../../util/rendezvous.js';

/**
 * A backend for every key, without any memory: a key hashes to one backend of the pool, whatever its state, so several
 * instances agree and a restart changes nothing. Backups and other zones are nobody's home: they would serve their share
 * of all keys when they should wait.
 */
export class Home {
  #home: readonly BackendRecord[] = [];
  #table = new RendezvousTable([]);

  of(key: string, pool: Pool): BackendRecord | undefined {
    if (pool.home !== this.#home) {
      this.#home = pool.home;
      this.#table = new RendezvousTable(pool.home.map((backend) => backend.id));
    }
    return this.#home[this.#table.owner(hash32(key))];
  }
}
