/** Points that are shared out. */
export const POINTS = 2 ** 31 - 1;

/**
 * Points 0 to 2^31 - 2, shared out by weight in order: whose is this one? A guide table leads to the first holder that
 * may be meant, from where it is one step on average, however many there are (Chen and Asau 1974).
 */
export class Shares {
  /** Up to which point each one's share goes. */
  readonly #upTo: Int32Array;
  readonly #guide: Int32Array;
  readonly #shift: number;

  constructor(members: readonly { readonly weight: number }[]) {
    const total = members.reduce((sum, { weight }) => sum + weight, 0);
    let sum = 0;
    this.#upTo = new Int32Array(members.length);
    for (const [i, { weight }] of members.entries()) {
      sum += weight;
      this.#upTo[i] = (sum / total) * POINTS;
    }
    // No sum of fractions is sure to come out at the whole.
    this.#upTo[members.length - 1] = POINTS;
    const bits = Math.min(20, Math.ceil(Math.log2(members.length)) + 3);
    this.#shift = 31 - bits;
    this.#guide = new Int32Array(2 ** bits);
    for (let slot = 0, holder = 0; slot < 2 ** bits; slot++) {
      while ((this.#upTo[holder] as number) <= slot << this.#shift) holder++;
      this.#guide[slot] = holder;
    }
  }

  /** Index of the one whose share a point is in. */
  holder(point: number): number {
    const upTo = this.#upTo;
    let holder = this.#guide[point >>> this.#shift] as number;
    while ((upTo[holder] as number) <= point) holder++;
    return holder;
  }
}
