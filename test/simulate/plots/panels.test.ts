import { expect, it } from 'vitest';
import { apart, type Box, panels } from '../../../lib/simulate/plots/panels.js';

it('puts three beside each other, none on another', () => {
  const boxes: Box[] = [];
  const items = ['a', 'b', 'c', 'd'].map((strategy) => ({ strategy }));
  const { height, body } = panels(items, { height: 100, left: 30, right: 20 }, (_item, box) => {
    boxes.push(box);
    return '';
  });
  expect(boxes.map(({ top }) => top)).toEqual([54, 54, 54, (boxes[0]?.bottom ?? 0) + 52]);
  for (const [i, { left }] of boxes.slice(1, 3).entries()) expect(left).toBeGreaterThan(boxes[i]?.right ?? 0);
  expect(height).toBeGreaterThan(boxes[3]?.bottom ?? 0);
  for (const { strategy } of items) expect(body).toContain(`>${strategy}</text>`);
});

it('moves labels apart, in their order, and leaves alone those that are', () => {
  expect(apart([10, 40, 80], 12, 0, 100)).toEqual([10, 40, 80]);
  expect(apart([50, 48, 49], 12, 0, 100)).toEqual([72, 48, 60]);
  expect(apart([99, 98], 12, 0, 100)).toEqual([100, 88]);
});
