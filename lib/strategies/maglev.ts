import { z } from 'zod';
import type { Backend } from '../core/backend.js';
import { strictObject } from '../core/problems.js';
import type { PickContext, Strategy, StrategyModule } from '../core/strategy.js';
import { Derived } from '../util/derived.js';
import { isPrime, MaglevTable } from '../util/maglev-table.js';
import { WeightedNames } from '../util/rendezvous.js';
import { type HashKey, hashKeySchema, requestHash } from '../util/request-key.js';

export interface MaglevOptions {
  /** What of a request is hashed. Default 'ip'. */
  readonly key?: HashKey | undefined;
  /** Slots of the table: a prime of at most 5,000,011, best a hundred times the number of backends. Default 65,537. */
  readonly tableSize?: number | undefined;
}

/**
 * By a table in which every backend has its share of the slots: one look-up, and shares more even than a ring's. When a
 * backend leaves, some keys of others move too.
 *
 * Source: Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer" (2016).
 */
export const maglev: StrategyModule<MaglevOptions> = {
  options: strictObject({
    key: hashKeySchema.optional(),
    tableSize: z.number('a number').refine(isTableSize, 'a prime from 3 to 5,000,011').optional(),
  }),
  create: ({ key = 'ip', tableSize = 65_537 }) => new Maglev(key, tableSize),
};

function isTableSize(size: number): boolean {
  return size >= 3 && size <= 5_000_011 && isPrime(size);
}

class Maglev implements Strategy {
  readonly byAddress: boolean;
  readonly #hashOf: (context: PickContext) => number;
  readonly #tables: Derived<Backend, MaglevTable>;

  constructor(key: HashKey, tableSize: number) {
    this.byAddress = key === 'ip';
    this.#hashOf = requestHash(key);
    this.#tables = new Derived((candidates) => new MaglevTable(candidates, tableSize));
  }

  pick(candidates: readonly Backend[], context: PickContext): Backend {
    const hash = this.#hashOf(context);
    // What is left for a retry is a list of its own each time: no table would pay.
    if (context.attempt > 0) return candidates[new WeightedNames(candidates).nearest(hash)] as Backend;
    return candidates[this.#tables.of(candidates).owner(hash)] as Backend;
  }

  peek(candidates: readonly Backend[], context: PickContext): Backend {
    return this.pick(candidates, context);
  }
}
