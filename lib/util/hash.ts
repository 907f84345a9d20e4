/**
 * Finalizer of MurmurHash3 (fmix32): every input bit reaches every output bit. FNV-1a's low bits are weak for short,
 * similar keys (two addresses of one subnet), so hashes pass through here before they choose anything.
 */
export function mix32(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const PRIME = 16777619;

/** FNV-1a, 32 bits, over UTF-16 code units (http://www.isthe.com/chongo/tech/comp/fnv/). Unsigned. */
export function fnv1a32(text: string): number {
  const { length } = text;
  let hash = 2166136261 | 0;
  let i = 0;
  // Four at a time: V8 reads ahead while it multiplies, which makes this a third faster.
  for (const last = length - 3; i < last; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    hash = Math.imul(Math.imul(hash ^ a, PRIME) ^ b, PRIME);
    hash = Math.imul(Math.imul(hash ^ c, PRIME) ^ d, PRIME);
  }
  for (; i < length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return hash >>> 0;
}

/** FNV-1a with its bits well mixed: what keys and backend ids are hashed with. */
export function hash32(text: string): number {
  return mix32(fnv1a32(text));
}
