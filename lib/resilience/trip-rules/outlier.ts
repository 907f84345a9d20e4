import { z } from 'zod';
import type { Backend } from '../../core/backend.js';
import { type Duration, durationSchema, milliseconds } from '../../core/duration.js';
import { SlidingCounts } from '../sliding-counts.js';
import type { TripModule } from './rule.js';

export interface OutlierOptions {
  /** What time success rates are taken over. Default 10 s. */
  readonly window?: Duration | undefined;
  /** Backends with fewer requests than that in the window are not compared. Default 100. */
  readonly minRequests?: number | undefined;
  /** With fewer backends to compare nobody is an outlier: at least 5. Default 5. */
  readonly minBackends?: number | undefined;
  /** How many standard deviations below the mean. Default 1.9. */
  readonly deviations?: number | undefined;
}

/**
 * The success rate below which a backend is an outlier: mean - 1.9 stdev (Envoy's success_rate_stdev_factor). The
 * deviation is that of the whole population: of n backends one can be at most sqrt(n - 1) of them off, which is why
 * fewer than five can never trip a factor of 1.9.
 */
export function outlierThreshold(rates: readonly number[], deviations: number): number {
  const mean = rates.reduce((sum, value) => sum + value, 0) / rates.length;
  const variance = rates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rates.length;
  return mean - deviations * Math.sqrt(variance);
}

/** Up to so many backends each failure is worth a look at all of them: a microsecond. */
const FEW = 64;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Trips on a success rate far below that of the other backends, whatever the level of them all. */
export const outlier: TripModule<OutlierOptions> = {
  shape: {
    window: durationSchema(10).default(10_000),
    minRequests: z.int('a whole number').min(1, 'at least 1').default(100),
    minBackends: z.int('a whole number').min(5, 'at least 5: of fewer none can be so far off').default(5),
    deviations: z.number('a number').positive('above 0').default(1.9),
  },
  create({ window = 10_000, minRequests = 100, minBackends = 5, deviations = 1.9 }, clock) {
    const ms = milliseconds(window);
    const windows = new Map<Backend, SlidingCounts>();
    /** Below this a backend is an outlier; taken anew once in a tenth of the window, and among few at each failure. */
    let threshold = Number.NEGATIVE_INFINITY;
    let due = Number.NEGATIVE_INFINITY;

    const rateOf = (counts: SlidingCounts): number | undefined => {
      const { total, failed } = counts;
      return total < minRequests ? undefined : (total - failed) / total;
    };
    const refresh = (): void => {
      const rates = [...windows.values()].flatMap((counts) => rateOf(counts) ?? []);
      threshold = rates.length < minBackends ? Number.NEGATIVE_INFINITY : outlierThreshold(rates, deviations);
    };
    return {
      record: (backend, failed) => {
        let counts = windows.get(backend);
        if (counts === undefined) {
          counts = new SlidingCounts(clock, ms);
          windows.set(backend, counts);
        }
        counts.add(failed);
        const now = clock.now();
        const isDue = now >= due;
        if (isDue || (failed && windows.size <= FEW)) {
          refresh();
          due = now + ms / 10;
        } else if (!failed) return undefined;
        const share = rateOf(counts);
        if (share === undefined || share >= threshold) return undefined;
        return `success rate ${percent(share)}, below ${percent(threshold)}`;
      },
      reset: (backend) => {
        windows.delete(backend);
      },
    };
  },
};
