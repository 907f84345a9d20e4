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

export const FNV_OFFSET = 2166136261;
export const FNV_PRIME = 16777619;

/** FNV-1a, 32 bits, over UTF-16 code units (http://www.isthe.com/chongo/tech/comp/fnv/). Unsigned. */
export function fnv1a32(text: string): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  }
  return hash >>> 0;
}

/** FNV-1a with its bits well mixed: what keys and backend ids are hashed with. */
export function hash32(text: string): number {
  return mix32(fnv1a32(text));
}
