import { describe, expect, it } from 'vitest';
import { fnv1a32, hash32, mix32 } from '../../lib/util/hash.js';

describe('fnv1a32', () => {
  // From the test suite that comes with the FNV reference code (isthe.com/chongo/src/fnv/test_fnv.c).
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['b', 0xe70c2de5],
    ['foob', 0x3f5076ef],
    ['foobar', 0xbf9cf968],
  ])('of %j', (text, hash) => {
    expect(fnv1a32(text)).toBe(hash);
  });
});

describe('mix32', () => {
  // MurmurHash3's fmix32: 0 is its fixed point; 0x514e28b7 is what its own test of fmix32(1) gives.
  it.each([
    [0, 0],
    [1, 0x514e28b7],
    [0xffffffff, 0x81f16f39],
  ])('of %i', (input, output) => {
    expect(mix32(input)).toBe(output);
  });

  it('gives an unsigned number for a signed one', () => {
    expect(mix32(-1)).toBe(mix32(0xffffffff));
    expect(mix32(-1)).toBeGreaterThan(0);
  });
});

describe('hash32', () => {
  it('spreads the 65,536 addresses of one /16 evenly: each of 16 buckets by modulo within 5 %', () => {
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 65_536; i++) {
      const bucket = hash32(`10.0.${i >> 8}.${i & 255}`) % 16;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    // 4,096 each; the standard deviation is 62.
    for (const count of counts) expect(Math.abs(count - 4096)).toBeLessThan(205);
  });

  it('lets one changed letter change half of the bits', () => {
    let flipped = 0;
    const rounds = 1000;
    for (let i = 0; i < rounds; i++) {
      let difference = hash32(`client-${i}a`) ^ hash32(`client-${i}b`);
      for (; difference !== 0; difference &= difference - 1) flipped++;
    }
    expect(flipped / rounds).toBeGreaterThan(15);
    expect(flipped / rounds).toBeLessThan(17);
  });
});
