import { hash32, mix32 } from './hash.js';

/** One seed per name, to be kept beside the list it was made from. */
export function rendezvousSeeds(names: readonly string[]): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(names, hash32);
}

/**
 * Highest random weight: the index whose seed scores highest with this key. When one leaves, only its own keys move.
 *
 * Source: Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates" (1998).
 */
export function rendezvous(seeds: Uint32Array, key: number): number {
  let best = 0;
  let highest = -1;
  for (let i = 0; i < seeds.length; i++) {
    const score = mix32(key ^ (seeds[i] as number));
    if (score > highest) {
      highest = score;
      best = i;
    }
  }
  return best;
}

/** Scores lie between 0 and 1, never at either end: their logarithm is finite and not 0. */
function unit(score: number): number {
  return (score + 0.5) / 4_294_967_296;
}

/**
 * How far a name of this weight and seed is from a key, lower is nearer: `-ln(h) / weight`. The nearest is the one whose
 * `-weight / ln(h)` is highest.
 *
 * Source: Schindelhauer and Schomaker, "Weighted Distributed Hash Tables" (2005).
 */
export function rendezvousDistance(seed: number, weight: number, key: number): number {
  return -Math.log(unit(mix32(key ^ seed))) / weight;
}

/** As {@link rendezvous}, by weight; with equal weights it gives the same. */
export function weightedRendezvous(seeds: Uint32Array, weights: Float64Array, key: number): number {
  let best = 0;
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < seeds.length; i++) {
    const distance = rendezvousDistance(seeds[i] as number, weights[i] as number, key);
    if (distance < nearest) {
      nearest = distance;
      best = i;
    }
  }
  return best;
}

/** Names with weights, to be asked for many keys. */
export class WeightedNames {
  readonly #seeds: Uint32Array;
  readonly #weights: Float64Array;
  readonly #equal: boolean;

  constructor(members: readonly { readonly id: string; readonly weight: number }[]) {
    this.#seeds = rendezvousSeeds(members.map(({ id }) => id));
    this.#weights = Float64Array.from(members, ({ weight }) => weight);
    this.#equal = members.every(({ weight }) => weight === members[0]?.weight);
  }

  /** Index of the nearest to a key. */
  nearest(hash: number): number {
    // Logarithms cost most of the time, and keep the order of what they are taken of.
    return this.#equal ? rendezvous(this.#seeds, hash) : weightedRendezvous(this.#seeds, this.#weights, hash);
  }
}

/** A power of two, so that a hash is cut down to a slot by a mask; 65 slots for each of 1,000 names. */
const SLOTS = 65_536;

/**
 * Rendezvous hashing in constant time: keys share 65,536 slots, and each slot's owner is worked out when it is first
 * asked for. The same lists give the same owners, whatever was asked before.
 */
export class RendezvousTable {
  readonly #seeds: Uint32Array;
  /** Index of the owner and 1; 0 while nobody has asked. */
  readonly #owners: Uint16Array | Uint32Array;

  constructor(names: readonly string[]) {
    this.#seeds = rendezvousSeeds(names);
    // The smaller a table, the more of it stays in a processor's cache.
    this.#owners = names.length < 0xffff ? new Uint16Array(SLOTS) : new Uint32Array(SLOTS);
  }

  /** @param hash a well-mixed hash of the key */
  owner(hash: number): number {
    const slot = hash & (SLOTS - 1);
    const known = this.#owners[slot] as number;
    if (known > 0) return known - 1;
    const owner = slotOwner(this.#seeds, hash);
    this.#owners[slot] = owner + 1;
    return owner;
  }
}

/** The owner of a key's slot, without a table: for lists that are asked once. */
export function slotOwner(seeds: Uint32Array, hash: number): number {
  return rendezvous(seeds, mix32(hash & (SLOTS - 1)));
}
