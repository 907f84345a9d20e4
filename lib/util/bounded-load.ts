import { mix32 } from './hash.js';

interface Loaded {
  readonly active: number;
  readonly weight: number;
}

/** Jumps a key may make before whoever has most room takes it. */
const JUMPS = 32;

/**
 * Index of the first owner of a key that has room: for all there are `ceil((active + 1) * factor)` slots, shared by
 * weight, at least 1 each. A key that finds its owner full jumps to another place, always the same one: going on to
 * the neighbour would fill that one next (Chen, Coleman and Shrivastava, "Revisiting Consistent Hashing with Bounded
 * Loads", arXiv 1908.08762).
 *
 * Source: Mirrokni, Thorup and Zadimoghaddam (2016); HAProxy's hash-balance-factor.
 *
 * @param factor at least 1
 */
export function withinBound(
  members: readonly Loaded[],
  factor: number,
  ownerOf: (hash: number) => number,
  hash: number,
): number {
  let active = 0;
  let weights = 0;
  for (const member of members) {
    active += member.active;
    weights += member.weight;
  }
  const slots = Math.ceil((active + 1) * factor);
  let next = hash;
  for (let jump = 0; jump < JUMPS; jump++) {
    const owner = ownerOf(next);
    if (roomOf(members[owner] as Loaded, slots, weights) > 0) return owner;
    next = mix32(next + 0x9e3779b9);
  }
  let best = 0;
  for (let i = 1; i < members.length; i++) {
    const room = roomOf(members[i] as Loaded, slots, weights);
    if (room > roomOf(members[best] as Loaded, slots, weights)) best = i;
  }
  return best;
}

/** Requests it may still take: there are more slots than requests, so somebody always has room. */
function roomOf({ active, weight }: Loaded, slots: number, weights: number): number {
  return Math.max(1, Math.ceil((slots * weight) / weights)) - active;
}
