import type { Random } from '../core/random.js';
import { hash32 } from '../util/hash.js';

const TWO_POW_32 = 4_294_967_296;

/**
 * The same sequence for the same seed and stream: sfc32 (Chris Doty-Humphrey, PractRand; public domain). Arrivals, keys,
 * work and the strategy each draw from a stream of their own, so that a strategy which draws more often changes nothing
 * for the requests it is given.
 */
export function seededRandom(seed: number, stream = ''): Random {
  let a = seed | 0;
  let b = Math.floor(seed / TWO_POW_32) | 0;
  let c = hash32(stream) | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / TWO_POW_32;
  };
  // Seeds that differ in one bit only give like beginnings.
  for (let i = 0; i < 15; i++) next();
  return next;
}
