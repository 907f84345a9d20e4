import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { FairleadError, type Problem } from '../../core/errors.js';
import { missingPackage, optionalPackage } from '../../core/optional-package.js';
import { problemsOf, problemsText, strictObject } from '../../core/problems.js';
import { Exposition, type Metric, type Observed } from './exposition.js';
import { scrapeHandler } from './scrape-handler.js';

/** A registry of prom-client's, as far as fairlead names it; its own type comes back where one is given. */
export interface MetricsRegistry {
  readonly contentType: string;
  /** The exposition, as a scrape gets it. */
  metrics(): Promise<string>;
}

/** What takes metrics in. */
interface Registering extends MetricsRegistry {
  registerMetric(metric: Metric): void;
  getSingleMetric(name: string): unknown;
}

export interface MetricsOptions<Registry extends MetricsRegistry = MetricsRegistry> {
  /** Where the metrics go: a registry of prom-client 15. Default: one of their own. */
  readonly registry?: Registry | undefined;
}

export interface Metrics<Registry extends MetricsRegistry = MetricsRegistry> {
  readonly registry: Registry;
  /** Answers GET and HEAD with the exposition. It names backends: mount it where only Prometheus comes. */
  handler(request: IncomingMessage, response: ServerResponse): void;
}

const METHODS = ['metrics', 'registerMetric', 'getSingleMetric'];

function isRegistry(value: unknown): value is Registering {
  return (
    typeof value === 'object' &&
    value !== null &&
    METHODS.every((method) => typeof Reflect.get(value, method) === 'function')
  );
}

function isBalancer(value: unknown): value is Observed {
  const isObject = typeof value === 'function' || (typeof value === 'object' && value !== null);
  return isObject && ['stats', 'on', 'off'].every((method) => typeof Reflect.get(value, method) === 'function');
}

const schema = strictObject({
  lbs: z.array(z.custom<Observed>(isBalancer, 'a load balancer')),
  registry: z.custom<Registering>(isRegistry, 'a Registry of prom-client').optional(),
});

/** What is registered where: a second call adds to it. */
const expositions = new WeakMap<object, Exposition>();

/**
 * Metrics for Prometheus, on prom-client (an optional peer). What each request costs is one record and a few counters;
 * all else is taken from `lb.stats()` at each scrape. A second call with the same registry adds its balancers; one that
 * closes is told of once more and leaves.
 *
 * @param lbs one balancer or several, each with a name of its own
 * @example app.get('/metrics', metrics(lb).handler)
 * @throws FairleadError FAIRLEAD_OPTIONS that lists every problem: prom-client is missing, two balancers have one name,
 * the registry has a metric of one of these names
 */
export function metrics<Registry extends MetricsRegistry = MetricsRegistry>(
  lbs: Observed | readonly Observed[],
  options: MetricsOptions<Registry> = {},
): Metrics<Registry> {
  const parsed = schema.safeParse({ ...options, lbs: Array.isArray(lbs) ? lbs : [lbs] });
  if (!parsed.success) {
    throw refused(problemsOf(parsed.error.issues, { ...options, lbs }));
  }
  const registry = parsed.data.registry ?? ownRegistry();
  const exposition = expositions.get(registry) ?? new Exposition();
  const problems = [...nameProblems(exposition, parsed.data.lbs), ...metricProblems(registry, exposition)];
  if (problems.length > 0) throw refused(problems);
  // Again, too, where the registry has been cleared since.
  for (const metric of exposition.metrics) if (!isIn(registry, metric)) registry.registerMetric(metric);
  expositions.set(registry, exposition);
  for (const lb of parsed.data.lbs) exposition.add(lb);
  // What was given, or else one that the user has no other type for.
  return { registry: registry as MetricsRegistry as Registry, handler: scrapeHandler(registry) };
}

function refused(problems: readonly Problem[]): FairleadError {
  return new FairleadError('FAIRLEAD_OPTIONS', problemsText(problems, 'metrics()'), { problems });
}

function nameProblems(exposition: Exposition, lbs: readonly Observed[]): Problem[] {
  const rule = 'balancers of different names in one registry (option name)';
  return exposition.clashes(lbs).map((value) => ({ path: 'lbs', value, rule }));
}

function metricProblems(registry: Registering, { metrics: own }: Exposition): Problem[] {
  const taken = own.filter((metric) => registry.getSingleMetric(metric.key) !== undefined && !isIn(registry, metric));
  return taken.map(({ key: value }) => ({ path: 'registry', value, rule: 'a registry that has no other such metric' }));
}

function isIn(registry: Registering, metric: Metric): boolean {
  return registry.getSingleMetric(metric.key) === metric;
}

function ownRegistry(): Registering {
  const missing = missingPackage('prom-client', 15);
  if (missing !== undefined) throw refused([{ path: 'registry', value: undefined, rule: missing }]);
  const { Registry } = optionalPackage<{ readonly Registry?: new () => unknown }>('prom-client');
  const made = Registry && new Registry();
  if (isRegistry(made)) return made;
  const rule = 'needs prom-client 15: the one that is installed has another Registry';
  throw refused([{ path: 'registry', value: undefined, rule }]);
}
