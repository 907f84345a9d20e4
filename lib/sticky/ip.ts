import { z } from 'zod';
import type { Affinity, AffinityModule } from '../core/affinity.js';
import type { BackendRecord } from '../core/backend.js';
import type { Exchange } from '../core/exchange.js';
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
 * Pins a client by its address, without any memory: the address hashes to one backend of the whole pool, so several
 * instances agree and a restart changes nothing. While that backend takes nobody its clients are spread anew.
 */
class IpAffinity implements Affinity {
  readonly #ipv6Prefix: number;
  #members: readonly BackendRecord[] = [];
  #table = new RendezvousTable([]);

  constructor(ipv6Prefix: number) {
    this.#ipv6Prefix = ipv6Prefix;
  }

  find(exchange: Exchange, pool: Pool): BackendRecord | undefined {
    const { address } = exchange.client;
    if (address === '') return undefined;
    if (pool.members !== this.#members) {
      this.#members = pool.members;
      this.#table = new RendezvousTable(pool.members.map((backend) => backend.id));
    }
    return this.#members[this.#table.owner(hash32(ipKey(address, this.#ipv6Prefix)))];
  }
}
