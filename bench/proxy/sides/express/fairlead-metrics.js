import { loadBalancer } from '../../../../dist/index.js';
import { metrics } from '../../../../dist/prometheus.js';

export const label = 'fairlead (p2c, metrics on)';
/** Its ratio to this side is what metrics cost. */
export const against = 'fairlead-p2c';

export function middleware(/** @type {string[]} */ backends) {
  const lb = loadBalancer({ backends });
  const { registry } = metrics(lb);
  // As often as Prometheus comes where it is set to come often.
  setInterval(() => void registry.metrics(), 5_000).unref();
  return lb;
}
