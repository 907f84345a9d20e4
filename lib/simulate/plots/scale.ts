import { grouped } from '../figures.js';

/** Values to pixels, and the values worth a line of the grid. */
export interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** @param values what is to be shown: the scale begins and ends at a power of ten's 1, 2 or 5 around them */
export function logScale(values: readonly number[], from: number, to: number): Scale {
  const shown = values.filter((value) => Number.isFinite(value) && value > 0);
  const low = Math.log10(
    round(
      shown.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
      Math.floor,
    ),
  );
  const high = Math.log10(
    round(
      shown.reduce((a, b) => Math.max(a, b), 0),
      Math.ceil,
    ),
  );
  const [first, last] = shown.length === 0 ? [0, 1] : high > low ? [low, high] : [low, low + 1];
  const ticks = steps(first, last, last - first > 2.2 ? [1] : [1, 2, 5]);
  return { ticks, at: (value) => from + ((to - from) * (Math.log10(Math.max(value, 1e-9)) - first)) / (last - first) };
}

/** The nearest of 1, 2 and 5 times a power of ten, in one direction. */
function round(value: number, direction: (value: number) => number): number {
  if (!Number.isFinite(value) || value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const of = direction === Math.floor ? [5, 2, 1] : [1, 2, 5, 10];
  const found = of.find((each) =>
    direction === Math.floor ? each * power <= value * 1.0001 : each * power >= value * 0.9999,
  );
  return (found ?? 1) * power;
}

function steps(first: number, last: number, each: readonly number[]): number[] {
  const found: number[] = [];
  for (let power = Math.floor(first); power <= Math.ceil(last); power++) {
    for (const step of each) {
      const value = step * 10 ** power;
      if (Math.log10(value) >= first - 1e-6 && Math.log10(value) <= last + 1e-6) found.push(value);
    }
  }
  return found;
}

/** From 0 to a round number not below the largest value. */
export function linearScale(values: readonly number[], from: number, to: number): Scale {
  const most = values.reduce((a, b) => (Number.isFinite(b) ? Math.max(a, b) : a), 0) || 1;
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough * 0.9999) ?? 10) * power;
  const count = Math.ceil(most / step - 1e-9);
  const ticks = Array.from({ length: count + 1 }, (_, i) => i * step);
  return { ticks, at: (value) => from + ((to - from) * value) / (count * step) };
}

/** A tick in words: 1,000 or 0.5. */
export function tickText(value: number): string {
  return value >= 1 ? grouped(Math.round(value * 100) / 100) : String(Number(value.toPrecision(3)));
}
