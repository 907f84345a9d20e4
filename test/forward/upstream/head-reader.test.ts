import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeadReader } from '../../../lib/forward/upstream/head-reader.js';

const bytesOf = (texts: readonly string[]): Buffer[] => texts.map((text) => Buffer.from(text, 'latin1'));

describe('a reader of heads', () => {
  it('reads each byte as a character', () => {
    const every = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
    const reader = new HeadReader();
    expect(reader.read(bytesOf(['A', every, '', '\xe9']))).toEqual(['A', every, '', '\xe9']);
    expect(reader.read(bytesOf(['A', every, '', '\xe8']))).toEqual(['A', every, '', '\xe8']);
  });

  it('reads every head as it is, whatever came before it', () => {
    // Few letters, so that heads are often alike in part.
    const text = fc.string({ unit: fc.constantFrom('a', 'A', '\xff', '\0'), maxLength: 3 });
    fc.assert(
      fc.property(fc.array(fc.array(text, { maxLength: 6 }), { maxLength: 12 }), (heads) => {
        const reader = new HeadReader();
        for (const head of heads) expect(reader.read(bytesOf(head))).toEqual(head);
      }),
    );
  });

  it('keeps no part of the memory that it has read from', () => {
    const reader = new HeadReader();
    const raw = bytesOf(['Date', 'Mon']);
    const first = reader.read(raw);
    raw[1]?.fill('x');
    expect(first).toEqual(['Date', 'Mon']);
    expect(reader.read(raw)).toEqual(['Date', 'xxx']);
  });
});
