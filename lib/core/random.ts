import { randomFillSync, randomUUID } from 'node:crypto';

/** A number in [0, 1). Seed it in tests. */
export interface Random {
  (): number;
  /** The same as 32 bits: V8 can hand these on without putting them on the heap. */
  bits?(): number;
}

/** State of the generator below: three words of chance and a counter, so that no state repeats within 2^32 draws. */
const state = randomFillSync(new Int32Array(4));

/** A draw of 32 bits by sfc32 (Chris Doty-Humphrey, PractRand). */
function bits(): number {
  const a = state[0] as number;
  const b = state[1] as number;
  const c = state[2] as number;
  const counter = state[3] as number;
  const drawn = (a + b + counter) | 0;
  state[3] = (counter + 1) | 0;
  state[0] = b ^ (b >>> 9);
  state[1] = (c + (c << 3)) | 0;
  state[2] = (((c << 21) | (c >>> 11)) + drawn) | 0;
  return drawn;
}

/** Not `Math.random`: that puts every number it returns on the heap, 16 bytes a draw. */
export const systemRandom: Random = Object.assign(() => (bits() >>> 0) * 2 ** -32, { bits });

/** An id nobody else has. */
export const systemId: () => string = () => randomUUID();
