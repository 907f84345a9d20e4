import { maxConnectionsSchema } from '../../core/backend-schema.js';
import { strictObject } from '../../core/problems.js';

/** How much backends are given at once. */
export interface LimitsOptions {
  /**
   * Most requests and upgraded sockets of a backend at once, a whole number of at least 1; a backend's own
   * `maxConnections` goes before. Default: no limit.
   */
  readonly maxConnections?: number | undefined;
}

export const limitsSchema = strictObject({
  maxConnections: maxConnectionsSchema.optional(),
});
