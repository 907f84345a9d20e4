import { z } from 'zod';
import type { Backend } from '../core/backend.js';
import { strictObject } from '../core/problems.js';
import type { PickContext, Strategy, StrategyModule } from '../core/strategy.js';
import { hash32 } from '../util/hash.js';
import { ipKey } from '../util/ip.js';
import { rendezvous, rendezvousSeeds } from '../util/rendezvous.js';

export interface IpHashOptions {
  /** Bits of an IPv6 address that count, 1 to 128. Default 64: what one customer holds. */
  readonly ipv6Prefix?: number | undefined;
}

/**
 * By hash of the client address, so that a client stays with its backend without a cookie. Rendezvous hashing: when a
 * backend leaves only its own clients move, which a modulo over the pool would not give. Weights are ignored.
 */
export const ipHash: StrategyModule<IpHashOptions> = {
  options: strictObject({ ipv6Prefix: z.number().int().min(1).max(128).optional() }),
  create: (options) => new IpHash(options.ipv6Prefix ?? 64),
};

class IpHash implements Strategy {
  readonly #ipv6Prefix: number;
  #known: readonly Backend[] = [];
  #seeds = new Uint32Array(0);

  constructor(ipv6Prefix: number) {
    this.#ipv6Prefix = ipv6Prefix;
  }

  pick(candidates: readonly Backend[], context: PickContext): Backend {
    if (candidates !== this.#known) {
      this.#known = candidates;
      this.#seeds = rendezvousSeeds(candidates.map((backend) => backend.id));
    }
    const key = hash32(ipKey(context.key, this.#ipv6Prefix));
    return candidates[rendezvous(this.#seeds, key)] as Backend;
  }
}
