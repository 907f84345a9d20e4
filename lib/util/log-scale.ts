/**
 * A scale of whole numbers from 0 on whose steps grow with the number: one by one up to 64, then 32 steps to each
 * doubling, so that no step is wider than a 32nd of what it holds (HdrHistogram's idea, hdrhistogram.org).
 */

const EXACT = 64;
const PER_DOUBLING = 32;
/** Numbers of so many bits are the last that have steps of their own. */
const MOST_BITS = 28;

/** Steps there are. */
export const STEPS = EXACT + (MOST_BITS - 6) * PER_DOUBLING;

/** The largest number of the scale; larger ones count as this. */
export const MOST = 2 ** MOST_BITS - 1;

/** The step of a whole number from 0 to {@link MOST}. */
export function stepOf(value: number): number {
  if (value < EXACT) return value;
  const shift = 26 - Math.clz32(value);
  return shift * PER_DOUBLING + (value >>> shift);
}

/** The number in the middle of a step. */
export function middleOf(step: number): number {
  if (step < EXACT) return step;
  const shift = Math.floor(step / PER_DOUBLING) - 1;
  const lowest = (step - shift * PER_DOUBLING) * 2 ** shift;
  return lowest + (2 ** shift - 1) / 2;
}
