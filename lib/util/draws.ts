/** Most draws one pick can look ahead. */
const AHEAD = 64;

/**
 * Chance with a look ahead: what `peek` was shown, `take` gives next, so that looking disturbs no seeded sequence. Only
 * whole numbers are handed out: others V8 would put on the heap.
 */
export class Draws {
  readonly #random: () => number;
  readonly #bits: (() => number) | undefined;
  /** Drawn for a look, and not taken yet. */
  readonly #seen = new Float64Array(AHEAD);
  #from = 0;
  #to = 0;

  /** @param random numbers in [0, 1); where it has them as 32 bits too, these are used */
  constructor(random: { (): number; bits?(): number }) {
    this.#random = random;
    this.#bits = random.bits;
  }

  /** The next draw, as one of 0 to below - 1. */
  take(below: number): number {
    if (this.#from === this.#to) {
      const bits = this.#bits;
      return bits === undefined ? (this.#random() * below) | 0 : ((bits() >>> 0) * 2 ** -32 * below) | 0;
    }
    return ((this.#seen[this.#from++] as number) * below) | 0;
  }

  /** What the draw after the next `skip` ones will be; `skip` below 64. */
  peek(skip: number, below: number): number {
    if (this.#from > 0) {
      this.#seen.copyWithin(0, this.#from, this.#to);
      this.#to -= this.#from;
      this.#from = 0;
    }
    while (this.#to <= skip) this.#seen[this.#to++] = this.#random();
    return ((this.#seen[skip] as number) * below) | 0;
  }
}
