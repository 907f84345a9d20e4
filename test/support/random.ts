import type { Random } from '../../lib/core/random.js';

/** The same sequence for the same seed: mulberry32 (Tommy Ettinger, public domain). */
export function seededRandom(seed = 1): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** These numbers in turn, then an error: for tests that say what each draw is. */
export function scriptedRandom(...values: readonly number[]): Random {
  let next = 0;
  return () => {
    const value = values[next++];
    if (value === undefined) throw new Error(`only ${values.length} random numbers were scripted`);
    return value;
  };
}
