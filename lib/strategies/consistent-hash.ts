import { z } from 'zod';
import type { Backend } from '../core/backend.js';
import { strictObject } from '../core/problems.js';
import type { PickContext, Strategy, StrategyModule } from '../core/strategy.js';
import { withinBound } from '../util/bounded-load.js';
import { Derived } from '../util/derived.js';
import { WeightedNames } from '../util/rendezvous.js';
import { type HashKey, hashKeySchema, requestHash } from '../util/request-key.js';
import { Ring } from '../util/ring.js';

export interface ConsistentHashOptions {
  /** What of a request is hashed. Default 'ip'. */
  readonly key?: HashKey | undefined;
  /** Points on the ring for a weight of 1: 1 to 10,000. More are more even. Default 160. */
  readonly replicas?: number | undefined;
  /** Nobody gets more than this times its share of the requests in flight: 1 to 100, or 0 for no bound. Default 0. */
  readonly loadFactor?: number | undefined;
}

/**
 * By a hash of the key on a ring with points by weight: only a leaving backend's keys move. With `loadFactor` a key
 * whose backend is full goes elsewhere until there is room again.
 *
 * Source: Karger et al. (1997); Mirrokni, Thorup and Zadimoghaddam, "Consistent Hashing with Bounded Loads" (2016).
 */
export const consistentHash: StrategyModule<ConsistentHashOptions> = {
  options: strictObject({
    key: hashKeySchema.optional(),
    replicas: z.int('a whole number').min(1, 'at least 1').max(10_000, 'at most 10,000').optional(),
    loadFactor: z
      .number('a number')
      .max(100, 'at most 100')
      .refine((factor) => factor === 0 || factor >= 1, '0, or at least 1')
      .optional(),
  }),
  create: ({ key = 'ip', replicas = 160, loadFactor = 0 }) => new ConsistentHash(key, replicas, loadFactor),
};

interface Owners {
  owner(hash: number): number;
}

class ConsistentHash implements Strategy {
  readonly byAddress: boolean;
  readonly #hashOf: (context: PickContext) => number;
  readonly #loadFactor: number;
  readonly #rings: Derived<Backend, Ring>;

  constructor(key: HashKey, replicas: number, loadFactor: number) {
    this.byAddress = key === 'ip';
    this.#hashOf = requestHash(key);
    this.#loadFactor = loadFactor;
    this.#rings = new Derived((candidates) => new Ring(candidates, replicas));
  }

  pick(candidates: readonly Backend[], context: PickContext): Backend {
    const hash = this.#hashOf(context);
    // What is left for a retry is a list of its own each time: no ring would pay.
    if (context.attempt > 0) return this.#among(candidates, oneOff(candidates), hash);
    const ring = this.#rings.of(candidates);
    if (this.#loadFactor === 0) return candidates[ring.owner(hash)] as Backend;
    return this.#among(candidates, ring, hash);
  }

  peek(candidates: readonly Backend[], context: PickContext): Backend {
    return this.pick(candidates, context);
  }

  #among(candidates: readonly Backend[], owners: Owners, hash: number): Backend {
    if (this.#loadFactor === 0) return candidates[owners.owner(hash)] as Backend;
    return candidates[withinBound(candidates, this.#loadFactor, (next) => owners.owner(next), hash)] as Backend;
  }
}

function oneOff(candidates: readonly Backend[]): Owners {
  const names = new WeightedNames(candidates);
  return { owner: (hash) => names.nearest(hash) };
}
