import { z } from 'zod';
import type { Backend } from '../../core/backend.js';
import type { TripModule } from './rule.js';

export interface ConsecutiveOptions {
  /** So many failures in a row. Default 5. */
  readonly failures?: number | undefined;
}

/** Trips on failures in a row (Envoy's consecutive 5xx): quick where a backend fails every time, blind to every other. */
export const consecutive: TripModule<ConsecutiveOptions> = {
  shape: { failures: z.int('a whole number').min(1, 'at least 1').default(5) },
  create({ failures = 5 }) {
    const inARow = new Map<Backend, number>();
    return {
      record: (backend, failed) => {
        if (!failed) {
          // Nearly every request ends here; who has not failed is not in the map.
          if (inARow.size > 0) inARow.delete(backend);
          return undefined;
        }
        const count = (inARow.get(backend) ?? 0) + 1;
        inARow.set(backend, count);
        return count >= failures ? `${count} failures in a row` : undefined;
      },
      reset: (backend) => {
        inARow.delete(backend);
      },
    };
  },
};
