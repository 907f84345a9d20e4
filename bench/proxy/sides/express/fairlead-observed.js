import { Writable } from 'node:stream';
import { dashboard } from '../../../../dist/dashboard/index.js';
import { accessLog } from '../../../../dist/index.js';
import { middleware as measured } from './fairlead-metrics.js';

export const label = 'fairlead (p2c, metrics, access log and dashboard)';
/** Its ratio to this side is what it costs to see everything, while nobody looks at the dashboard. */
export const against = 'fairlead-p2c';

export function middleware(/** @type {string[]} */ backends) {
  const lb = measured(backends);
  accessLog({ format: 'json', stream: new Writable({ write: (_line, _encoding, done) => done() }) }).attach(lb);
  dashboard(lb);
  return lb;
}
