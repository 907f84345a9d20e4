import type { Backend } from '../core/backend.js';
import type { Outcome } from '../core/outcome.js';

/** One number per backend, lower is better. Apart from the strategies that compare by it. */
export interface LoadMetric {
  of(backend: Backend): number;
  /** Learns from a finished request, where the metric needs to. */
  record?(backend: Backend, outcome: Outcome): void;
}
