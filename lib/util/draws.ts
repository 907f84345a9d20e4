/** Most draws one pick can look ahead. */
const AHEAD = 64;

/** Most members of a list for which half a draw is chance enough: nobody is favoured by more than 0.4 %. */
export const HALVES = 256;

/** The upper half of a draw, as one of 0 to below - 1; below is at most {@link HALVES}. */
export function upperHalf(bits: number, below: number): number {
  return Math.imul(bits >>> 16, below) >>> 16;
}

/** The lower half of a draw, as one of 0 to below - 1; below is at most {@link HALVES}. */
export function lowerHalf(bits: number, below: number): number {
  return Math.imul(bits & 0xffff, below) >>> 16;
}

function scaled(bits: number, below: number): number {
  return ((bits >>> 0) * 2 ** -32 * below) | 0;
}

/**
 * Chance with a look ahead: what `peek` was shown, `take` gives next, so that looking disturbs no seeded sequence. Only
 * whole numbers of 32 bits are handed out: others V8 would put on the heap.
 */
export class Draws {
  readonly #bits: () => number;
  /** Drawn for a look, and not taken yet. */
  readonly #seen = new Int32Array(AHEAD);
  #from = 0;
  #to = 0;

  /** @param random numbers in [0, 1); where it has them as 32 bits too, these are used */
  constructor(random: { (): number; bits?(): number }) {
    this.#bits = random.bits ?? (() => (random() * 2 ** 32) | 0);
  }

  /** The next draw: 32 bits, signed. */
  bits(): number {
    return this.#from === this.#to ? this.#bits() : (this.#seen[this.#from++] as number);
  }

  /** The next draw, as one of 0 to below - 1. */
  take(below: number): number {
    return scaled(this.bits(), below);
  }

  /** What the draw after the next `skip` ones will be; `skip` below 64. */
  peekBits(skip: number): number {
    if (this.#from > 0) {
      this.#seen.copyWithin(0, this.#from, this.#to);
      this.#to -= this.#from;
      this.#from = 0;
    }
    while (this.#to <= skip) this.#seen[this.#to++] = this.#bits();
    return this.#seen[skip] as number;
  }

  /** The same as one of 0 to below - 1. */
  peek(skip: number, below: number): number {
    return scaled(this.peekBits(skip), below);
  }
}
