import { loadBalancer } from 'fairlead';
import { type Metrics, type MetricsRegistry, metrics } from 'fairlead/prometheus';
import { Registry } from 'prom-client';

const lb = loadBalancer({ backends: [] });

/** One balancer or several; a registry of its own, of which prom-client's type is no part. */
export const own: Metrics<MetricsRegistry> = metrics(lb);
export const several: Metrics = metrics([lb, lb]);

/** The registry that was given comes back with its own type. */
export const given: Registry = metrics(lb, { registry: new Registry() }).registry;

// @ts-expect-error: no balancer
metrics({});
// @ts-expect-error: no such option
metrics(lb, { prefix: 'x_' });
// @ts-expect-error: no registry
metrics(lb, { registry: {} });
