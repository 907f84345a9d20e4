import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST, middleOf, STEPS, stepOf } from '../../lib/util/log-scale.js';

const wholes = fc.integer({ min: 0, max: MOST });

describe('a logarithmic scale', () => {
  it('has a step for every number, none of them twice', () => {
    expect(stepOf(0)).toBe(0);
    expect(stepOf(MOST)).toBe(STEPS - 1);
    const steps = Array.from({ length: STEPS }, (_, step) => stepOf(Math.floor(middleOf(step))));
    expect(steps).toEqual(steps.map((_, step) => step));
  });

  it('knows small numbers exactly', () => {
    for (let value = 0; value < 64; value++) expect(middleOf(stepOf(value))).toBe(value);
  });

  it('is never off by more than a 64th', () => {
    fc.assert(fc.property(wholes, (value) => Math.abs(middleOf(stepOf(value)) - value) <= value / 64));
  });

  it('keeps the order', () => {
    fc.assert(fc.property(wholes, wholes, (a, b) => a > b || stepOf(a) <= stepOf(b)));
  });
});
