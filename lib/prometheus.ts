export type { Observed } from './observe/prometheus/exposition.js';
export { type Metrics, type MetricsOptions, type MetricsRegistry, metrics } from './observe/prometheus/metrics.js';
