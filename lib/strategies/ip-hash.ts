import { z } from 'zod';
import type { Backend } from '../core/backend.js';
import { strictObject } from '../core/problems.js';
import type { PickContext, Strategy, StrategyModule } from '../core/strategy.js';
import { Derived } from '../util/derived.js';
import { ipHash32 } from '../util/ip.js';
import { RendezvousTable, rendezvousSeeds, slotOwner } from '../util/rendezvous.js';

export interface IpHashOptions {
  /** Bits of an IPv6 address that count, 1 to 128. Default 64: what one customer holds. */
  readonly ipv6Prefix?: number | undefined;
}

/**
 * By hash of the client address, so that a client stays with its backend without a cookie. Rendezvous hashing: when a
 * backend leaves only its own clients move, which a modulo over the pool would not give. Weights are ignored.
 */
export const ipHash: StrategyModule<IpHashOptions> = {
  options: strictObject({
    ipv6Prefix: z.int('a whole number').min(1, 'at least 1').max(128, 'at most 128').optional(),
  }),
  create: (options) => new IpHash(options.ipv6Prefix ?? 64),
};

class IpHash implements Strategy {
  readonly byAddress = true;
  readonly #ipv6Prefix: number;
  readonly #tables = new Derived<Backend, RendezvousTable>((candidates) => new RendezvousTable(idsOf(candidates)));

  constructor(ipv6Prefix: number) {
    this.#ipv6Prefix = ipv6Prefix;
  }

  pick(candidates: readonly Backend[], context: PickContext): Backend {
    const hash = ipHash32(context.key, this.#ipv6Prefix);
    // What is left for a retry is a list of its own each time: no table would pay.
    if (context.attempt > 0) return candidates[slotOwner(rendezvousSeeds(idsOf(candidates)), hash)] as Backend;
    return candidates[this.#tables.of(candidates).owner(hash)] as Backend;
  }

  peek(candidates: readonly Backend[], context: PickContext): Backend {
    return this.pick(candidates, context);
  }
}

function idsOf(candidates: readonly Backend[]): string[] {
  return candidates.map((backend) => backend.id);
}
