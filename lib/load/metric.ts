import type { Backend } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import type { Outcome } from '../core/outcome.js';

/** One number per backend, lower is better. Apart from the strategies that compare by it. */
export interface LoadMetric {
  /** The backend's load right now. Asking changes nothing. */
  of(backend: Backend): number;
  /** Learns from a finished request, where the metric needs to. */
  record?(backend: Backend, outcome: Outcome): void;
}

/** A registry entry: a metric is made for each strategy, with what it remembers of its own. */
export interface LoadModule {
  create(clock: Clock): LoadMetric;
}
