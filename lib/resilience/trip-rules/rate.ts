import { z } from 'zod';
import type { Backend } from '../../core/backend.js';
import { type Duration, durationSchema, milliseconds } from '../../core/duration.js';
import { SlidingCounts } from '../sliding-counts.js';
import type { TripModule } from './rule.js';

export interface RateOptions {
  /** Share of requests that fail: above 0, at most 1. Default 0.5. */
  readonly threshold?: number | undefined;
  /** What time the share is taken over. Default 10 s. */
  readonly window?: Duration | undefined;
  /** Fewer requests than that in the window say nothing. Default 20. */
  readonly minRequests?: number | undefined;
}

/** Trips on the share of failures in a sliding window, as YARP's transport failure rate does. */
export const rate: TripModule<RateOptions> = {
  shape: {
    threshold: z.number('a number').positive('above 0').max(1, 'at most 1').default(0.5),
    window: durationSchema(10).default(10_000),
    minRequests: z.int('a whole number').min(1, 'at least 1').default(20),
  },
  create({ threshold = 0.5, window = 10_000, minRequests = 20 }, clock) {
    const ms = milliseconds(window);
    const windows = new Map<Backend, SlidingCounts>();
    return {
      record: (backend, failed) => {
        let counts = windows.get(backend);
        if (counts === undefined) {
          counts = new SlidingCounts(clock, ms);
          windows.set(backend, counts);
        }
        counts.add(failed);
        // A success never makes the share larger.
        if (!failed) return undefined;
        const { total, failed: failures } = counts;
        if (total < minRequests || failures / total < threshold) return undefined;
        return `${failures} of ${total} requests failed within ${ms} ms`;
      },
      reset: (backend) => {
        windows.delete(backend);
      },
    };
  },
};
