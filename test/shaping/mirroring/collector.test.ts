import { expect, it, vi } from 'vitest';
import { Collector } from '../../../lib/shaping/mirroring/collector.js';

it('gives all of a body, in copies of its pieces', () => {
  const over = vi.fn();
  const collector = new Collector(5_000, over);
  const piece = Buffer.from('ab');
  for (let i = 0; i < 2_500; i++) collector.data(piece);
  piece.fill('x');
  collector.end();
  collector.cut();
  expect(over).toHaveBeenCalledOnce();
  expect(String(over.mock.calls[0]?.[0])).toBe('ab'.repeat(2_500));
});

it('gives up at the first byte too many, and says so once', () => {
  const over = vi.fn();
  const collector = new Collector(3, over);
  collector.data(Buffer.from('abc'));
  expect(over).not.toHaveBeenCalled();
  collector.data(Buffer.from('d'));
  collector.end();
  expect(over.mock.calls).toEqual([[undefined]]);
});

it('gives nothing of a body that was cut short', () => {
  const over = vi.fn();
  const collector = new Collector(3, over);
  collector.data(Buffer.from('a'));
  collector.cut();
  expect(over.mock.calls).toEqual([[undefined]]);
});
