import type { Backend } from '../core/backend.js';
import { strictObject } from '../core/problems.js';
import type { PickContext, Strategy, StrategyModule } from '../core/strategy.js';
import { Derived } from '../util/derived.js';
import { hash32 } from '../util/hash.js';
import { rendezvousDistance, WeightedNames } from '../util/rendezvous.js';
import { type HashKey, hashKeySchema, requestHash } from '../util/request-key.js';

export interface RendezvousOptions {
  /** What of a request is hashed. Default 'ip'. */
  readonly key?: HashKey | undefined;
}

/**
 * The backend whose hash with the key is highest, by weight. Only a leaving backend's keys move, however weights stand.
 * It asks every backend for each pick: best below about 100.
 *
 * Source: Thaler and Ravishankar (1998); Schindelhauer and Schomaker (2005) for weights.
 */
export const rendezvous: StrategyModule<RendezvousOptions> = {
  options: strictObject({ key: hashKeySchema.optional() }),
  create: ({ key = 'ip' }) => new Rendezvous(key),
};

class Rendezvous implements Strategy {
  readonly byAddress: boolean;
  readonly #hashOf: (context: PickContext) => number;
  readonly #names = new Derived<Backend, WeightedNames>((candidates) => new WeightedNames(candidates));

  constructor(key: HashKey) {
    this.byAddress = key === 'ip';
    this.#hashOf = requestHash(key);
  }

  pick(candidates: readonly Backend[], context: PickContext): Backend {
    const names = context.attempt > 0 ? new WeightedNames(candidates) : this.#names.of(candidates);
    return candidates[names.nearest(this.#hashOf(context))] as Backend;
  }

  peek(candidates: readonly Backend[], context: PickContext): Backend {
    return this.pick(candidates, context);
  }

  score(backend: Backend, context: PickContext): number {
    return rendezvousDistance(hash32(backend.id), backend.weight, this.#hashOf(context));
  }
}
