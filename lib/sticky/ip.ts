import { z } from 'zod';
import type { Affinity, AffinityModule } from '../core/affinity.js';
import type { BackendRecord } from '../core/backend.js';
import type { Asker } from '../core/exchange.js';
import type { Pool } from '../core/pool.js';
import { strictObject } from '../core/problems.js';
import { hash32 } from '../util/hash.js';
import { ipKey } from '../util/ip.js';
import { RendezvousTable } from '../util/rendezvous.js';

export interface IpStickyOptions {
  /** Bits of an IPv6 address that count, 1 to 128. Default 64: what one customer holds. */
  readonly ipv6Prefix?: number | undefined;
}

export const ipSticky: AffinityModule<IpStickyOptions> = {
  options: strictObject({ ipv6Prefix: z.number().int().min(1).max(128).optional() }),
  create: (options) => new IpAffinity(options.ipv6Prefix ?? 64),
};

/**
 * Pins a client by its address, without any memory: the address hashes to one backend of the pool, whatever its state, so
 * several instances agree and a restart changes nothing. While that backend takes nobody its clients are spread anew.
 * Backups and other zones are nobody's home: they would serve their share of all addresses when they should wait.
 */
class IpAffinity implements Affinity {
  readonly #ipv6Prefix: number;
  #home: readonly BackendRecord[] = [];
  #table = new RendezvousTable([]);

  constructor(ipv6Prefix: number) {
    this.#ipv6Prefix = ipv6Prefix;
  }

  find({ client }: Asker, pool: Pool): BackendRecord | undefined {
    const { address } = client;
    if (address === '') return undefined;
    if (pool.home !== this.#home) {
      this.#home = pool.home;
      this.#table = new RendezvousTable(pool.home.map((backend) => backend.id));
    }
    return this.#home[this.#table.owner(hash32(ipKey(address, this.#ipv6Prefix)))];
  }
}
