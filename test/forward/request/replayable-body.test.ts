import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { BodyReader } from '../../../lib/core/engine.js';
import { ReplayableBody } from '../../../lib/forward/request/replayable-body.js';
import { fakeRequest, settled } from '../../core/fakes.js';

/** A reader that remembers, and takes more or does not. */
function reader(takes: () => boolean = () => true) {
  const chunks: string[] = [];
  const ends: (readonly string[])[] = [];
  const asReader: BodyReader = {
    data: (chunk) => {
      chunks.push(chunk.toString());
      return takes();
    },
    end: (trailers) => ends.push(trailers),
  };
  return { asReader, chunks, ends, text: () => chunks.join('') };
}

function house(keep = 100) {
  const source = fakeRequest({ method: 'PUT', extra: { rawTrailers: ['Sum', '1'] } });
  return { source, body: new ReplayableBody(source, keep) };
}

it('keeps a small part of a large read by itself, and a large one as it is', async () => {
  const { source, body } = house(100_000);
  const read = Buffer.alloc(60_000, 'x');
  const given: Buffer[] = [];
  const reading = body.read({ data: (chunk) => given.push(chunk) > 0, end: () => {} });
  for (const piece of [read.subarray(0, 10), read.subarray(10, 50_010)]) source.push(piece);
  await settled();
  reading.stop();
  const again: Buffer[] = [];
  body.read({ data: (chunk) => again.push(chunk) > 0, end: () => {} });
  expect(Buffer.concat(again).equals(Buffer.concat(given))).toBe(true);
  expect(again.map(({ buffer }) => buffer.byteLength)).toEqual([10, 60_000]);
});

describe('a tap', () => {
  function tapped(keep?: number) {
    const told: string[] = [];
    const stage = house(keep);
    stage.body.tap({
      data: (chunk) => told.push(`${chunk}`),
      end: () => told.push('end'),
      cut: () => told.push('cut'),
    });
    return { ...stage, told };
  }

  it('sees each piece once, as it comes, however often the body is read', async () => {
    const { source, body, told } = tapped();
    const reading = body.read(reader().asReader);
    source.push('one ');
    await settled();
    expect(told).toEqual(['one ']);
    reading.stop();
    const second = reader();
    body.read(second.asReader);
    source.push('two');
    source.push(null);
    await settled();
    expect([second.text(), told]).toEqual(['one two', ['one ', 'two', 'end']]);
    body.read(reader().asReader);
    expect(told).toEqual(['one ', 'two', 'end']);
  });

  it('sees one that is too long to be kept, too', async () => {
    const { source, body, told } = tapped(2);
    body.read(reader().asReader);
    source.push('123');
    source.push('4');
    source.push(null);
    await settled();
    expect(told).toEqual(['123', '4', 'end']);
  });

  it('holds nobody up, and has nothing read by itself', async () => {
    const { source, body, told } = tapped();
    source.push('a');
    await settled();
    expect([told, source.readableDidRead]).toEqual([[], false]);
    body.read(reader(() => false).asReader);
    await settled();
    source.push('b');
    await settled();
    expect([told, source.isPaused()]).toEqual([['a'], true]);
  });

  it('is told when no more of it will come, and hears nothing of what comes all the same', async () => {
    const { source, body, told } = tapped();
    body.read(reader().asReader);
    source.push('a');
    await settled();
    body.drop();
    source.push('b');
    source.push(null);
    await settled();
    expect(told).toEqual(['a', 'cut']);
  });
});

describe('a body', () => {
  it('is not read before somebody reads it', async () => {
    const { source, body } = house();
    source.push('early');
    await settled();
    expect(source.readableDidRead).toBe(false);
    expect([body.replayable, body.whole]).toEqual([true, false]);
  });

  it('is read as it comes, and again from its start, trailers and all', async () => {
    const { source, body } = house();
    const first = reader();
    const reading = body.read(first.asReader);
    source.push('one ');
    await settled();
    expect(first.chunks).toEqual(['one ']);
    reading.stop();
    source.push('two ');
    await settled();
    expect(first.chunks).toEqual(['one ']);
    const second = reader();
    body.read(second.asReader);
    expect(second.chunks).toEqual(['one ']);
    await settled();
    source.push('three');
    source.push(null);
    await settled();
    expect(second.text()).toBe('one two three');
    expect(second.ends).toEqual([['Sum', '1']]);
    expect(first.ends).toEqual([]);
    const third = reader();
    body.read(third.asReader);
    expect([third.text(), third.ends.length]).toEqual(['one two three', 1]);
  });

  it('that is longer than what may be kept goes through, and cannot be read again', async () => {
    const { source, body } = house(10);
    const first = reader();
    body.read(first.asReader);
    source.push('0123456789');
    await settled();
    expect(body.replayable).toBe(true);
    source.push('x');
    source.push(null);
    await settled();
    expect([first.text(), first.ends.length]).toEqual(['0123456789x', 1]);
    expect([body.replayable, body.whole]).toEqual([false, false]);
    expect(() => body.read(reader().asReader)).toThrow(/gone/);
  });

  it('of which nothing may be kept can be read again as long as nothing was read, or nothing came', async () => {
    const { source, body } = house(0);
    body.read(reader().asReader).stop();
    expect(body.replayable).toBe(true);
    const second = reader();
    body.read(second.asReader);
    source.push('x');
    await settled();
    expect(second.text()).toBe('x');
    expect(body.replayable).toBe(false);
  });

  it('that is whole can be read by two at once', async () => {
    const { source, body } = house();
    const first = reader();
    body.read(first.asReader);
    source.push('all');
    source.push(null);
    await settled();
    expect(body.whole).toBe(true);
    const second = reader();
    body.read(second.asReader);
    expect([first.text(), second.text()]).toEqual(['all', 'all']);
    expect([first.ends.length, second.ends.length]).toEqual([1, 1]);
  });

  it('goes at the reader’s pace, what was kept too', async () => {
    const { source, body } = house();
    const slow = reader(() => false);
    const reading = body.read(slow.asReader);
    source.push('a');
    await settled();
    source.push('b');
    await settled();
    expect(slow.chunks).toEqual(['a']);
    expect(source.isPaused()).toBe(true);
    reading.resume();
    await settled();
    expect(slow.chunks).toEqual(['a', 'b']);
    reading.stop();
    const again = reader(() => false);
    const second = body.read(again.asReader);
    expect(again.chunks).toEqual(['a']);
    second.resume();
    expect(again.chunks).toEqual(['a', 'b']);
    source.push('c');
    source.push(null);
    await settled();
    expect(again.chunks).toEqual(['a', 'b']);
    second.resume();
    await settled();
    second.resume();
    second.resume();
    await settled();
    expect([again.chunks, again.ends.length]).toEqual([['a', 'b', 'c'], 1]);
  });

  it('in single bytes is joined: pieces cost more than what they hold', async () => {
    const { source, body } = house(10_000);
    body.read(reader().asReader);
    for (let i = 0; i < 5_000; i++) source.push('x');
    source.push(null);
    await settled();
    const again = reader();
    body.read(again.asReader);
    expect(again.text()).toBe('x'.repeat(5_000));
    expect(again.chunks.length).toBeLessThan(200);
  });

  it('is let go once an answer was taken; a reading under way goes on', async () => {
    const { source, body } = house();
    const first = reader();
    body.read(first.asReader);
    source.push('a');
    await settled();
    body.forget();
    expect(body.replayable).toBe(false);
    source.push('b');
    source.push(null);
    await settled();
    expect([first.text(), first.ends.length]).toEqual(['ab', 1]);
  });

  it('runs out once the request is over, and reaches nobody', async () => {
    const { source, body } = house();
    const first = reader();
    const reading = body.read(first.asReader);
    source.push('a');
    await settled();
    reading.stop();
    body.drop();
    source.push('b');
    source.push(null);
    await settled();
    expect(source.readableEnded).toBe(true);
    expect(first.text()).toBe('a');
    expect(source.listenerCount('data')).toBe(0);
  });

  it('that nobody has begun to read is left to Node', () => {
    const { source, body } = house();
    const resume = vi.spyOn(source, 'resume');
    body.drop();
    expect(resume).not.toHaveBeenCalled();
  });

  it('reaches each reader whole and once, however it comes and whenever it is stopped', async () => {
    const piece = fc.string({ minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 12 }),
        fc.array(fc.nat(12), { maxLength: 4 }),
        async (pieces, stops) => {
          const { source, body } = house(1_000);
          let current = reader();
          let reading = body.read(current.asReader);
          for (const [i, text] of pieces.entries()) {
            source.push(text);
            if (stops.includes(i)) {
              reading.stop();
              current = reader();
              reading = body.read(current.asReader);
            }
            if (i % 3 === 0) await settled();
          }
          source.push(null);
          await settled();
          expect(current.text()).toBe(pieces.join(''));
          expect(current.ends).toHaveLength(1);
        },
      ),
      { numRuns: 100, seed: 11 },
    );
  });
});
