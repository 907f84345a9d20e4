import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearScale, logScale, tickText } from '../../../lib/simulate/plots/scale.js';

const values = fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 1 });

describe.each([
  ['logScale', logScale],
  ['linearScale', linearScale],
])('%s', (_name, scaleOf) => {
  it('keeps every value between its ends, in order, and has a tick or more', () => {
    fc.assert(
      fc.property(values, (list) => {
        const { at, ticks } = scaleOf(list, 100, 500);
        const pixels = [...list].sort((a, b) => a - b).map(at);
        expect(pixels).toEqual([...pixels].sort((a, b) => a - b));
        for (const pixel of pixels) expect(pixel).toBeGreaterThanOrEqual(99.9);
        for (const pixel of pixels) expect(pixel).toBeLessThanOrEqual(500.1);
        expect(ticks.length).toBeGreaterThan(0);
        for (const tick of ticks) expect(at(tick)).toBeLessThanOrEqual(500.1);
      }),
    );
  });

  it('does with nothing to show', () => {
    for (const list of [[], [Number.NaN], [0]]) expect(scaleOf(list, 0, 100).ticks.every(Number.isFinite)).toBe(true);
  });
});

it('ends at round numbers', () => {
  expect(logScale([21, 180], 0, 100).ticks).toEqual([20, 50, 100, 200].map((tick) => expect.closeTo(tick)));
  expect(linearScale([37], 0, 100).ticks).toEqual([0, 10, 20, 30, 40]);
});

it('ticks in words', () => {
  expect([0, 0.5, 2.5, 10, 2000].map(tickText)).toEqual(['0', '0.5', '2.5', '10', '2,000']);
});
