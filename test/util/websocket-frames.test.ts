import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeFrame, FrameTracker } from '../../lib/util/websocket-frames.js';

/** Its types do not know these two. */
const { Receiver, Sender } = createRequire(import.meta.url)('ws');

/** A frame as `ws` writes it. */
function frame(payload: Buffer, options: { opcode?: number; mask?: boolean; fin?: boolean } = {}): Buffer {
  const { opcode = 2, mask = false, fin = true } = options;
  return Buffer.concat(Sender.frame(payload, { opcode, mask, fin, rsv1: false, readOnly: true }));
}

const sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000];

describe('boundaries', () => {
  it.each(sizes)('of a frame of %i bytes, masked or not, come behind its last byte', (size) => {
    for (const mask of [false, true]) {
      const bytes = frame(randomBytes(size), { mask });
      const tracker = new FrameTracker();
      expect(tracker.atBoundary).toBe(true);
      tracker.see(bytes.subarray(0, -1));
      expect(tracker.atBoundary).toBe(false);
      tracker.see(bytes.subarray(-1));
      expect(tracker.atBoundary).toBe(true);
      expect(tracker.closed).toBe(false);
    }
  });

  it('are found however the bytes are cut up', () => {
    const frames = fc.array(
      fc.record({ size: fc.constantFrom(...sizes.slice(0, 6)), mask: fc.boolean(), fin: fc.boolean() }),
      { minLength: 1, maxLength: 5 },
    );
    const property = fc.property(frames, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (list, cuts) => {
      const each = list.map(({ size, mask, fin }) => frame(Buffer.alloc(size, 0x88), { mask, fin }));
      const ends = new Set(each.map((_, i) => Buffer.concat(each.slice(0, i + 1)).length));
      const whole = Buffer.concat(each);
      const tracker = new FrameTracker();
      for (let at = 0, i = 0; at < whole.length; i++) {
        const next = Math.min(whole.length, at + (cuts[i % cuts.length] ?? 1));
        tracker.see(whole.subarray(at, next));
        expect(tracker.atBoundary).toBe(ends.has(next));
        at = next;
      }
    });
    fc.assert(property, { numRuns: 50, seed: 7 });
  });

  it('can be asked for: bytes are seen up to the first', () => {
    const [first, second] = [frame(Buffer.from('one')), frame(Buffer.from('two'))];
    const tracker = new FrameTracker();
    tracker.see(first.subarray(0, 1));
    expect(tracker.see(Buffer.concat([first.subarray(1), second]), true)).toBe(first.length - 1);
    expect(tracker.atBoundary).toBe(true);
  });
});

describe('what is no WebSocket', () => {
  it.each([
    ['a reserved opcode', Buffer.from([0x83, 0x00])],
    ['a control frame in pieces', Buffer.from([0x09, 0x00])],
    ['a control frame that is too long', Buffer.from([0x89, 0x7e, 0x01, 0x00])],
    ['text', Buffer.from('hello')],
  ])('is lost: %s', (_what, bytes) => {
    const tracker = new FrameTracker();
    expect(tracker.see(bytes)).toBe(bytes.length);
    // 'h' is a close frame in pieces.
    expect(tracker.lost).toBe(true);
    expect(tracker.atBoundary).toBe(false);
    tracker.see(frame(Buffer.from('x')));
    expect(tracker.lost).toBe(true);
  });
});

describe('a close frame', () => {
  it.each([false, true])('of ours is what `ws` reads as 1012, from a client: %s', async (asClient) => {
    const receiver = new Receiver({ isServer: asClient });
    const concluded = new Promise((resolve) => receiver.once('conclude', resolve));
    receiver.write(closeFrame(asClient));
    expect(await concluded).toBe(1012);
  });

  it('is noticed once it is whole', () => {
    const tracker = new FrameTracker();
    tracker.see(closeFrame(true).subarray(0, 4));
    expect(tracker.closed).toBe(false);
    tracker.see(closeFrame(true).subarray(4));
    expect(tracker.closed).toBe(true);
  });
});
