import { Writable } from 'node:stream';
import { dashboard } from '../../../../dist/dashboard/index.js';
import { accessLog, loadBalancer } from '../../../../dist/index.js';
import { metrics } from '../../../../dist/prometheus.js';

export const label = 'fairlead (p2c, metrics, access log and dashboard)';
/** Its ratio to this side is what it costs to see everything, while nobody looks at the dashboard. */
export const against = 'fairlead-p2c';

export function middleware(/** @type {string[]} */ backends) {
  const lb = loadBalancer({ backends });
  const { registry } = metrics(lb);
  setInterval(() => void registry.metrics(), 5_000).unref();
  accessLog({ format: 'json', stream: new Writable({ write: (_line, _encoding, done) => done() }) }).attach(lb);
  dashboard(lb);
  return lb;
}
