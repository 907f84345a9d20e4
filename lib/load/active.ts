import type { LoadMetric } from './metric.js';

/** Requests and upgraded sockets in flight. */
export const activeLoad: LoadMetric = {
  of: (backend) => backend.active,
};
