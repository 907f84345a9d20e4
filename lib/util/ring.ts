import { hash32, mix32 } from './hash.js';

interface Named {
  readonly id: string;
  readonly weight: number;
}

/** Points of all together; with more of them their number is halved until they fit. */
const MOST_POINTS = 2 ** 20;

/** Points come by the weight: where weights are small or many, all are scaled alike, by a power of two, which is rare. */
function scaleOf(members: readonly Named[], replicas: number): number {
  let scale = 1;
  const heaviest = members.reduce((most, { weight }) => Math.max(most, weight), 0);
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  while (heaviest > 0 && heaviest * scale < 1) scale *= 2;
  while (total * scale * replicas > MOST_POINTS && heaviest * scale * replicas > 1) scale /= 2;
  return scale;
}

/** By id, so that several balancers agree whatever the order of declaration. */
export function inOrderOfId(members: readonly Named[]): Int32Array {
  const order = members.map((_member, i) => i);
  const id = (i: number): string => (members[i] as Named).id;
  return Int32Array.from(order.sort((a, b) => (id(a) < id(b) ? -1 : 1)));
}

/**
 * A ring of hashes: each member has points on it, as many as its weight says, and a key belongs to the next point at or
 * behind its own. When a member leaves, its keys go to the neighbours of its points and nobody else's move.
 *
 * Source: Karger et al., "Consistent Hashing and Random Trees" (1997); nginx has 160 points a weight unit.
 */
export class Ring {
  /** Positions in ascending order, and who is there. */
  readonly #at: Uint32Array;
  readonly #owner: Uint32Array;
  /** For each value of a hash's upper bits the first point that may be meant: no search. */
  readonly #start: Uint32Array;
  readonly #shift: number;

  /** @param replicas points of a member of weight 1 */
  constructor(members: readonly Named[], replicas: number) {
    const scale = replicas * scaleOf(members, replicas);
    const counts = members.map(({ weight }) => Math.max(1, Math.round(weight * scale)));
    const total = counts.reduce((sum, count) => sum + count, 0);
    const at = new Uint32Array(total);
    const owner = new Uint32Array(total);
    let next = 0;
    for (const member of inOrderOfId(members)) {
      const seed = hash32((members[member] as Named).id);
      for (let replica = 0; replica < (counts[member] as number); replica++) {
        // Multiples of the golden ratio: no two replicas of a member share a point.
        at[next] = mix32(seed + Math.imul(replica, 0x9e3779b9));
        owner[next++] = member;
      }
    }
    [this.#at, this.#owner] = sorted(at, owner);
    const bits = Math.min(20, Math.max(1, Math.ceil(Math.log2(total + 1))));
    this.#shift = 32 - bits;
    this.#start = new Uint32Array(2 ** bits);
    for (let slot = 0, point = 0; slot < 2 ** bits; slot++) {
      while (point < total && (this.#at[point] as number) >>> this.#shift < slot) point++;
      this.#start[slot] = point;
    }
  }

  /** Index of the member a key belongs to. @param hash well mixed */
  owner(hash: number): number {
    const key = hash >>> 0;
    const at = this.#at;
    let point = this.#start[key >>> this.#shift] as number;
    while (point < at.length && (at[point] as number) < key) point++;
    return this.#owner[point === at.length ? 0 : point] as number;
  }
}

type Points = Uint32Array<ArrayBuffer>;

const DIGIT = 11;
const RADIX = 2 ** DIGIT;

/**
 * Both lists in the order of the first. A radix sort, 11 bits at a time: 160,000 points take a few milliseconds, a tenth
 * of what comparing would, and it leaves equal ones in the order they came.
 */
function sorted(keys: Points, values: Points): [Points, Points] {
  let [fromKeys, fromValues] = [keys, values];
  let [toKeys, toValues] = [new Uint32Array(keys.length), new Uint32Array(keys.length)];
  for (let shift = 0; shift < 32; shift += DIGIT) {
    const place = new Uint32Array(RADIX + 1);
    for (const key of fromKeys) {
      const digit = ((key >>> shift) & (RADIX - 1)) + 1;
      place[digit] = (place[digit] as number) + 1;
    }
    for (let i = 1; i <= RADIX; i++) place[i] = (place[i] as number) + (place[i - 1] as number);
    for (let i = 0; i < fromKeys.length; i++) {
      const key = fromKeys[i] as number;
      const digit = (key >>> shift) & (RADIX - 1);
      const to = place[digit] as number;
      place[digit] = to + 1;
      toKeys[to] = key;
      toValues[to] = fromValues[i] as number;
    }
    [fromKeys, fromValues, toKeys, toValues] = [toKeys, toValues, fromKeys, fromValues];
  }
  return [fromKeys, fromValues];
}
