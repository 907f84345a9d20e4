import { fnv1a32, mix32 } from './hash.js';
import { inOrderOfId } from './ring.js';

interface Named {
  readonly id: string;
  readonly weight: number;
}

/** Whether a table may have this size: the walk below visits every slot only of a prime. */
export function isPrime(size: number): boolean {
  if (!Number.isInteger(size) || size < 2) return false;
  for (let factor = 2; factor * factor <= size; factor++) if (size % factor === 0) return false;
  return true;
}

const FREE = -1;

/**
 * A Maglev table: every member has an order of its own in which it would like the slots, and they take one each in turn
 * until all are gone; one of half the weight takes every other turn.
 *
 * Source: Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer" (2016), 3.4; weights as Envoy
 * has them (turns in proportion to the heaviest).
 */
export class MaglevTable {
  readonly #slots: Int16Array | Int32Array;
  readonly #perHash: number;

  /** @param size a prime, best a hundred times the number of members */
  constructor(members: readonly Named[], size: number) {
    const order = inOrderOfId(members);
    const seeds = order.map((member) => fnv1a32((members[member] as Named).id));
    const next = seeds.map((seed) => mix32(seed) % size);
    const skip = seeds.map((seed) => (mix32(seed ^ 0x5bd1e995) % (size - 1)) + 1);
    const heaviest = members.reduce((most, { weight }) => Math.max(most, weight), 0);
    const share = Float64Array.from(order, (member) => (members[member] as Named).weight / heaviest);
    const due = new Float64Array(order.length);
    // The smaller a table, the more of it stays in a processor's cache.
    const slots = (members.length > 0x7fff ? new Int32Array(size) : new Int16Array(size)).fill(FREE);
    for (let left = members.length === 0 ? 0 : size; left > 0; ) {
      for (let i = 0; i < order.length && left > 0; i++) {
        due[i] = (due[i] as number) + (share[i] as number);
        if ((due[i] as number) < 1) continue;
        due[i] = (due[i] as number) - 1;
        let slot = next[i] as number;
        while (slots[slot] !== FREE) slot = (slot + (skip[i] as number)) % size;
        slots[slot] = order[i] as number;
        next[i] = slot;
        left--;
      }
    }
    this.#slots = slots;
    this.#perHash = size / 2 ** 32;
  }

  /** Index of the member a key belongs to. @param hash well mixed, unsigned */
  owner(hash: number): number {
    // The upper part of a product in place of a remainder, which takes a processor ten times as long.
    return this.#slots[(hash * this.#perHash) | 0] as number;
  }
}
