import type { LoadMetric, LoadModule } from './metric.js';

/** Requests and upgraded sockets in flight. */
export const activeLoad: LoadMetric = {
  of: (backend) => backend.active,
};

export const active: LoadModule = { create: () => activeLoad };
