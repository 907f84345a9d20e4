/** A power of two; the error of an estimate is 1.04 / sqrt of it: 6.5 %. */
const REGISTERS = 256;
const INDEX_BITS = 8;
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);

/**
 * How many different hashes were added, about, in 256 bytes however many there are.
 *
 * Source: Flajolet et al., "HyperLogLog" (2007), with linear counting for small numbers.
 */
export class DistinctCounter {
  readonly #registers = new Uint8Array(REGISTERS);

  /** @param hash 32 well-mixed bits */
  add(hash: number): void {
    const at = hash >>> (32 - INDEX_BITS);
    const rank = Math.min(Math.clz32(hash << INDEX_BITS), 32 - INDEX_BITS) + 1;
    if (rank > (this.#registers[at] as number)) this.#registers[at] = rank;
  }

  clear(): void {
    this.#registers.fill(0);
  }

  /** How many were added to this one or to the other. */
  union(other: DistinctCounter): number {
    let sum = 0;
    let empty = 0;
    for (let i = 0; i < REGISTERS; i++) {
      const rank = Math.max(this.#registers[i] as number, other.#registers[i] as number);
      sum += 2 ** -rank;
      if (rank === 0) empty++;
    }
    const estimate = (ALPHA * REGISTERS * REGISTERS) / sum;
    const small = estimate <= 2.5 * REGISTERS && empty > 0;
    return Math.round(small ? REGISTERS * Math.log(REGISTERS / empty) : estimate);
  }
}
