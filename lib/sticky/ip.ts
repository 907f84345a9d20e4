import { z } from 'zod';
import type { Affinity, AffinityModule, Found } from '../core/affinity.js';
import type { Asker } from '../core/exchange.js';
import type { Pool } from '../core/pool.js';
import { strictObject } from '../core/problems.js';
import { ipKey } from '../util/ip.js';
import { Home } from './common/home.js';
import { BESIDE } from './common/lost.js';

export interface IpStickyOptions {
  /** Bits of an IPv6 address that count, 1 to 128. Default 64: what one customer holds. */
  readonly ipv6Prefix?: number | undefined;
}

export const ipSticky: AffinityModule<IpStickyOptions> = {
  options: strictObject(
    {
      ipv6Prefix: z.int('a whole number').min(1, 'at least 1').max(128, 'at most 128').optional(),
    },
    BESIDE,
  ),
  create: (options) => new IpAffinity(options.ipv6Prefix ?? 64),
};

/** Pins a client by its address. While its backend takes nobody the client is sent elsewhere; then it is back. */
class IpAffinity implements Affinity {
  readonly byAddress = true;
  readonly #ipv6Prefix: number;
  readonly #home = new Home();

  constructor(ipv6Prefix: number) {
    this.#ipv6Prefix = ipv6Prefix;
  }

  find({ client }: Asker, pool: Pool): Found {
    const { address } = client;
    return address === '' ? undefined : this.#home.of(ipKey(address, this.#ipv6Prefix), pool);
  }
}
