/** How long a backend works on a request, in ms. */
export type Distribution =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly from: number; readonly to: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  /** `sigma` is that of the logarithm: 0.5 has a p99 of 3.2 medians, 1 one of 10. */
  | { readonly kind: 'lognormal'; readonly median: number; readonly sigma: number }
  /** Measured: pairs of percentile (0 to 100) and ms, both ascending; straight lines between them. */
  | { readonly kind: 'percentiles'; readonly points: readonly (readonly [percentile: number, ms: number])[] };

/**
 * The value that a share `luck` (in [0, 1)) of all draws stay below. Drawing by it, and not with a generator for each
 * backend, gives a request the same luck wherever a strategy sends it.
 */
export type Quantile = (luck: number) => number;

/** @throws RangeError for figures that are no distribution */
export function quantileOf(distribution: Distribution): Quantile {
  switch (distribution.kind) {
    case 'constant': {
      const ms = positive(distribution.ms, 'ms');
      return () => ms;
    }
    case 'uniform': {
      const { from, to } = distribution;
      if (!(from >= 0 && to >= from && to < Number.POSITIVE_INFINITY)) throw new RangeError('uniform: 0 <= from <= to');
      return (luck) => from + (to - from) * luck;
    }
    case 'exponential': {
      const mean = positive(distribution.mean, 'mean');
      return (luck) => -mean * Math.log1p(-luck);
    }
    case 'lognormal': {
      const median = positive(distribution.median, 'median');
      const { sigma } = distribution;
      if (!(sigma >= 0 && sigma < 10)) throw new RangeError(`lognormal: sigma is from 0 to 10, not ${sigma}`);
      return (luck) => median * Math.exp(sigma * normalQuantile(luck));
    }
    case 'percentiles':
      return interpolated(distribution.points);
  }
}

function positive(value: number, name: string): number {
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new RangeError(`${name} is a number of milliseconds above 0, not ${value}`);
}

function interpolated(points: readonly (readonly [number, number])[]): Quantile {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('percentiles: at least one pair');
  for (const [i, [percentile, ms]] of points.entries()) {
    const [before, msBefore] = points[i - 1] ?? [-1, 0];
    if (!(percentile > before && percentile <= 100 && ms >= msBefore && ms < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`percentiles: both ascending, from 0 to 100 and from 0 ms, not [${percentile}, ${ms}]`);
    }
  }
  return (luck) => {
    const at = 100 * luck;
    if (at <= first[0]) return first[1];
    let low = first;
    for (const high of points) {
      if (at <= high[0]) return low[1] + ((high[1] - low[1]) * (at - low[0])) / (high[0] - low[0]);
      low = high;
    }
    return last[1];
  };
}

function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (const coefficient of coefficients) value = value * x + coefficient;
  return value;
}

const A = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
];
const B = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1];
const C = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
const TAIL = 0.02425;
/** Half a step of a 32-bit draw: 0 itself would be minus infinity. */
const LEAST = 2 ** -33;

/**
 * Of the normal distribution; relative error below 1.2e-9.
 *
 * Source: Peter J. Acklam, "An algorithm for computing the inverse normal cumulative distribution function" (2003).
 */
export function normalQuantile(share: number): number {
  const p = Math.min(1 - LEAST, Math.max(LEAST, share));
  if (p < TAIL) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(C, q) / polynomial(D, q);
  }
  if (p > 1 - TAIL) return -normalQuantile(1 - p);
  const q = p - 0.5;
  return (polynomial(A, q * q) * q) / polynomial(B, q * q);
}
