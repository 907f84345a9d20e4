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
