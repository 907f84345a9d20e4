import type { Random } from '../core/random.js';

/** Whose requests arrive: which of `count` clients sends the next one. */
export type KeySpec =
  | { readonly kind: 'uniform'; readonly count: number }
  /** The k-th client sends in proportion to 1 / k^exponent. 1 is what is seen at web caches. */
  | { readonly kind: 'zipf'; readonly count: number; readonly exponent: number }
  /** The first client sends this share of everything, the others share the rest evenly. */
  | { readonly kind: 'hot'; readonly count: number; readonly share: number };

/** Draws the number of a client. */
export function keySampler(spec: KeySpec, random: Random): () => number {
  const { count } = spec;
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`keys: a count of at least 1, not ${count}`);
  switch (spec.kind) {
    case 'uniform':
      return () => Math.floor(random() * count);
    case 'zipf':
      return zipf(count, spec.exponent, random);
    case 'hot': {
      const { share } = spec;
      if (!(share >= 0 && share <= 1)) throw new RangeError(`keys: a share from 0 to 1, not ${share}`);
      return () => (count === 1 || random() < share ? 0 : 1 + Math.floor(random() * (count - 1)));
    }
  }
}

function zipf(count: number, exponent: number, random: Random): () => number {
  const upTo = new Float64Array(count);
  let total = 0;
  for (let k = 0; k < count; k++) {
    total += (k + 1) ** -exponent;
    upTo[k] = total;
  }
  return () => {
    const point = random() * total;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((upTo[middle] as number) > point) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** A client's address: each number another one, all of 10.0.0.0/8. */
export function keyName(index: number): string {
  return `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
}
