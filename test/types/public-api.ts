/**
 * What must compile, and what must not. `tsc -p tsconfig.json` is the test: a line under `@ts-expect-error` that does
 * compile is an error. Nothing here is ever run.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer as createHttp2Server } from 'node:http2';
import { createServer as createSecureServer } from 'node:https';
import { trace } from '@opentelemetry/api';
import express, { Router } from 'express';
import {
  accessLog,
  type Backend,
  type BackendView,
  type Clock,
  createBackend,
  createStrategy,
  type DrainReport,
  type Engine,
  type ErrorCode,
  type ErrorHandler,
  type EventName,
  type Events,
  type ExplainedBackend,
  type Explanation,
  FairleadError,
  type HealthSpec,
  healthEndpoint,
  type LeftOut,
  type LoadBalancer,
  type LoadBalancerOptions,
  type Logger,
  loadBalancer,
  type Outcome,
  type PickContext,
  type Random,
  type RequestLike,
  type RequestRecord,
  type Stats,
  type StickySpec,
  type Strategy,
  type StrategyName,
  type StrategyOptions,
  type StrategySpec,
  statsHandler,
  type TripRule,
  type TrustProxy,
} from 'fairlead';
import { type Dashboard, dashboard } from 'fairlead/dashboard';
import { pino } from 'pino';
import type { strategies } from '../../lib/strategies/index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only for `true`. */
function holds<_Claim extends true>(): void {}

const backends = ['http://10.0.0.1:3000'];
const lb: LoadBalancer = loadBalancer({ backends });

export function whereItCanBeMounted(): void {
  const app = express();
  app.use(loadBalancer({ backends }));
  app.use('/api', loadBalancer({ backends }));
  app.use('/api', lb, statsHandler(lb));
  app.get('/stats', statsHandler(lb));
  app.use('/v1', Router().use(lb));
  createServer(lb).on('upgrade', lb.upgrade);
  createSecureServer({}, lb).on('upgrade', lb.upgrade);
  createHttp2Server({}, lb);
  lb.attach(createHttp2Server({ allowHTTP1: true }, (req, res) => lb(req, res)));
  lb.attach(createServer(app), app);
  lb.attach(createServer());
  const connect = (handler: (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void) =>
    handler;
  connect(lb);
}

export function options(): void {
  loadBalancer({ backends: [] });
  loadBalancer({
    backends: ['http://a', new URL('http://b'), { url: 'http://c', id: 'c', weight: 2, metadata: { a: 1 } }],
  });
  // undefined is absent, at every level.
  loadBalancer({
    backends: [{ url: 'http://c', id: undefined, weight: undefined }],
    name: undefined,
    strategy: undefined,
    sticky: undefined,
    retry: { attempts: undefined },
    timeouts: { connect: undefined },
    forwarded: { via: undefined },
    headers: { request: { set: undefined }, response: undefined },
    tls: { ca: undefined },
    trustProxy: undefined,
    onError: undefined,
    logger: undefined,
  });
  loadBalancer({ backends: [{ url: 'http://c', priority: 2, zone: 'eu-1', slowStart: '30s' }], zone: 'eu-1' });
  loadBalancer({ backends: [{ url: 'http://c', backup: true, slowStart: 0 }], slowStart: 5_000 });
  loadBalancer({ backends: [{ url: 'http://c', priority: undefined, backup: undefined, zone: undefined }] });
  loadBalancer({ backends, slowStart: undefined, zone: undefined });
  const frozen = { backends: ['http://a'], timeouts: { connect: '5s' } } as const satisfies LoadBalancerOptions;
  loadBalancer(frozen);
  loadBalancer({ backends, onError: (error, _req, res) => void res.writeHead(error.status).end(error.summary) });

  // @ts-expect-error: options are required
  loadBalancer();
  // @ts-expect-error: backends are required
  loadBalancer({});
  // @ts-expect-error: no such option
  loadBalancer({ backends, stategy: 'p2c' });
  // @ts-expect-error: a list
  loadBalancer({ backends: 'http://a' });
  // @ts-expect-error: a number
  loadBalancer({ backends: [{ url: 'http://a', weight: '2' }] });
  // @ts-expect-error: no such member
  loadBalancer({ backends: [{ url: 'http://a', wieght: 2 }] });
  // @ts-expect-error: a number
  loadBalancer({ backends: [{ url: 'http://a', priority: 'high' }] });
  // @ts-expect-error: true or false
  loadBalancer({ backends: [{ url: 'http://a', backup: 1 }] });
  // @ts-expect-error: a number
  loadBalancer({ backends: [{ url: 'http://a', maxConnections: '1' }] });
  // @ts-expect-error: one zone
  loadBalancer({ backends, zone: ['eu-1'] });
  // @ts-expect-error: a duration
  loadBalancer({ backends, slowStart: true });
  // @ts-expect-error: false, or an object
  loadBalancer({ backends, retry: true });
  // @ts-expect-error: anyone could then claim any address
  loadBalancer({ backends, trustProxy: true });
  // @ts-expect-error: no such timeout
  loadBalancer({ backends, timeouts: { conect: 5 } });
  // @ts-expect-error: no such engine
  loadBalancer({ backends, engine: 'curl' });
  // @ts-expect-error: four methods
  loadBalancer({ backends, logger: { info: () => {} } });
  // @ts-expect-error: no such way
  loadBalancer({ backends, onError: 'reply' });
  // @ts-expect-error: null is not absent
  loadBalancer({ backends, strategy: null });
}

export function strategySpecs(): void {
  // The names are those of the registry, and come from nowhere else.
  holds<Equal<StrategyName, keyof typeof strategies>>();
  holds<Equal<string extends StrategyName ? true : false, false>>();
  holds<Equal<Extract<StrategySpec, string>, StrategyName>>();

  const specs: StrategySpec[] = [
    'p2c',
    'round-robin',
    'weighted-round-robin',
    'random',
    'least-connections',
    'ip-hash',
    ['ip-hash', { ipv6Prefix: 56 }],
    ['ip-hash', {}],
    ['p2c', {}],
    { pick: (candidates) => candidates[0] as Backend },
    { pick: (candidates) => candidates[0] as Backend, onRelease: (_backend, _outcome: Outcome) => {} },
  ];
  for (const strategy of specs) loadBalancer({ backends, strategy });
  const options: StrategyOptions<'ip-hash'> = { ipv6Prefix: 64 };
  createStrategy(['ip-hash', options], { random: () => 0.5 });

  // @ts-expect-error: no such strategy
  createStrategy('round-robbin');
  // @ts-expect-error: no such strategy
  loadBalancer({ backends, strategy: 'round-robbin' });
  createStrategy('weighted-least-connections');
  createStrategy(['p2c', { load: 'peak-ewma', choices: 3 }]);
  createStrategy(['peak-ewma', { decay: '10s', penalty: 5_000 }]);
  createStrategy(['consistent-hash', { key: { header: 'x-tenant' }, replicas: 160, loadFactor: 1.25 }]);
  createStrategy(['rendezvous', { key: (request) => request.headers.host ?? '' }]);
  createStrategy(['maglev', { key: { cookie: 'session' }, tableSize: 65_537 }]);
  createStrategy(['adaptive', { weights: { errors: 1 }, window: '30s' }]);
  // @ts-expect-error: no such load metric
  createStrategy(['p2c', { load: 'cpu' }]);
  // @ts-expect-error: one of header, cookie and query
  createStrategy(['maglev', { key: { body: 'id' } }]);
  // @ts-expect-error: a key is text
  createStrategy(['rendezvous', { key: () => 7 }]);
  // @ts-expect-error: no such option of this strategy
  createStrategy(['ip-hash', { ipv6prefix: 64 }]);
  // @ts-expect-error: an option of another strategy
  createStrategy(['p2c', { ipv6Prefix: 64 }]);
  // @ts-expect-error: a number
  createStrategy(['ip-hash', { ipv6Prefix: '64' }]);
  // @ts-expect-error: a backend has to come of it
  createStrategy({ pick: () => {} });
  // @ts-expect-error: pick is what makes a strategy
  createStrategy({ onRelease: () => {} });
  // @ts-expect-error: one name, one set of options
  createStrategy(['p2c', {}, {}]);
}

export function stickySpecs(): void {
  const specs: StickySpec[] = [
    true,
    false,
    'cookie',
    'ip',
    { by: 'cookie', name: 'lb', maxAge: '1h', secure: 'auto', sameSite: 'none' },
    { by: 'cookie', secret: 'x', maxIdle: '30m', maxLife: '1d', onLost: 'reject' },
    {
      by: 'cookie',
      secret: ['new', 'old'],
      onLost: (request, backend) => (request.url === backend.id ? 'reject' : 'redistribute'),
    },
    { by: 'ip', ipv6Prefix: 56 },
    { by: 'param', name: 'server' },
    { by: 'header', name: 'X-Tenant', hash: true },
    { by: 'learn', cookie: 'connect.sid', ttl: '1h', maxEntries: 1000 },
    { by: 'learn', query: 'sid', store: { get: async () => null, set: async () => {}, delete: () => true } },
  ];
  for (const sticky of specs) loadBalancer({ backends, sticky });

  // @ts-expect-error: no such way
  loadBalancer({ backends, sticky: 'session' });
  // @ts-expect-error: by what?
  loadBalancer({ backends, sticky: { name: 'lb' } });
  // @ts-expect-error: an option of another way
  loadBalancer({ backends, sticky: { by: 'ip', name: 'lb' } });
  // @ts-expect-error: lower case
  loadBalancer({ backends, sticky: { by: 'cookie', sameSite: 'Lax' } });
  // @ts-expect-error: which parameter?
  loadBalancer({ backends, sticky: 'param' });
  // @ts-expect-error: which header?
  loadBalancer({ backends, sticky: { by: 'header' } });
  // @ts-expect-error: one of two
  loadBalancer({ backends, sticky: { by: 'ip', onLost: 'ignore' } });
}

export function views(): void {
  const [view] = lb.backends;
  if (view === undefined) return;
  const { id, url, weight, active, state, priority, zone }: Backend = view;
  holds<Equal<typeof view, BackendView>>();
  const effective: number = view.effectiveWeight;
  void [id, url, weight, active, state, priority, zone, effective];
  // @ts-expect-error: not for users
  view.configuredWeight;
  // @ts-expect-error: read only
  view.effectiveWeight = 2;
  // @ts-expect-error: read only
  view.weight = 2;
  // @ts-expect-error: read only
  view.active = 0;
  // @ts-expect-error: read only
  view.state = 'drain';
  // @ts-expect-error: read only
  view.metadata.rack = 1;
  // @ts-expect-error: read only
  lb.backends = [];
  // @ts-expect-error: read only
  lb.backends.push(view);
  // @ts-expect-error: read only
  lb.stats().requests.total = 0;
  // @ts-expect-error: may be undefined
  lb.backends[0].id;

  // A backend of one's own, for tests of a strategy, is another thing.
  const own = createBackend('http://a');
  own.active = 3;
  own.weight = 2;
}

export function explanations(request: IncomingMessage): void {
  const { client, pinned, chosen, error, note, backends: all }: Explanation = lb.explain(request);
  const [first]: readonly ExplainedBackend[] = all;
  const reason: LeftOut | undefined = first?.reason;
  void [client, pinned, chosen, error?.code, note, first?.score, reason];
  const known: RequestLike = { url: '/cart', headers: { cookie: 'a=b' }, socket: { remoteAddress: '10.0.0.1' } };
  lb.explain(known);
  lb.explain({});
  express().get('/why', (req, res) => void res.json(lb.explain(req)));
  // @ts-expect-error: of which request?
  lb.explain();
  // @ts-expect-error: a request
  lb.explain('/cart');
}

export function weights(): void {
  lb.setWeight('a', 2);
  // @ts-expect-error: a number
  lb.setWeight('a', '2');
  // @ts-expect-error: which?
  lb.setWeight(2);
}

export function states(): void {
  lb.setState('a', 'drain');
  lb.setState('a', 'maintenance');
  // @ts-expect-error: no such state
  lb.setState('a', 'down');
  // @ts-expect-error: an id
  lb.setState(0, 'drain');
}

export async function lifecycle(): Promise<void> {
  const report: DrainReport = await lb.close({ timeout: '30s' });
  const cut: number = report.requests.cut;
  void cut;
  await using another = loadBalancer({ backends });
  void another;
  // @ts-expect-error: a duration
  await lb.close({ timeout: true });
}

export function events(): void {
  holds<Equal<EventName, keyof Events>>();
  lb.on('request', (record: RequestRecord) => void record.status.toFixed())
    .once('backend:state', ({ backend, from, to }) => void [backend, from, to])
    .off('error', () => {});
  lb.on('error', ({ error }) => {
    holds<Equal<typeof error, FairleadError>>();
    const { code, status, blame }: FairleadError = error;
    void [code, status, blame];
  });
  lb.on('backend:added', ({ backend, url }) => void [backend, url])
    .on('backend:removed', ({ backend, url }) => void [backend, url])
    .on('backend:up', ({ backend, reason }) => void [backend, reason])
    .on('breaker:half-open', ({ backend, reason }) => void [backend, reason])
    .on('breaker:close', ({ backend, reason }) => void [backend, reason])
    .on('retry', ({ backend, attempt, reason, delay }) => void [backend, attempt, reason, delay])
    .on('warning', ({ code, message }) => void [code, message])
    .on('close', (report) => holds<Equal<typeof report, DrainReport>>());
  // @ts-expect-error: no such event
  lb.on('requests', () => {});
  // @ts-expect-error: a record of another event
  lb.on('request', ({ from }) => void from);
}

export function errors(): void {
  const error = new FairleadError('FAIRLEAD_CONNECT', 'refused', { cause: new Error('ECONNREFUSED') });
  const code: ErrorCode = error.code;
  const known: 'client' | 'backend' | 'proxy' = error.blame;
  void [code, known];
  // @ts-expect-error: read only
  error.code = 'FAIRLEAD_OPTIONS';
  // @ts-expect-error: no such code
  new FairleadError('FAIRLEAD_CONECT', 'refused');
  const handler: ErrorHandler = (_error, _req, _res, next) => next();
  void handler;
}

export function pieces(): void {
  const clock: Clock = { now: () => 0, date: () => 0, after: () => ({ refresh: () => {}, cancel: () => {} }) };
  const random: Random = () => 0.5;
  const strategy: Strategy = createStrategy('p2c', { clock, random });
  const context: PickContext = { key: '', attempt: 0, request: {} as IncomingMessage };
  const picked: Backend = strategy.pick([createBackend('http://a')], context);
  const engine: Engine = { send: () => ({ resume: () => {}, abort: () => {} }), close: () => {} };
  const logger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const trustProxy: TrustProxy = (address: string, hop: number) => address === '10.0.0.1' && hop === 0;
  loadBalancer({ backends, engine, logger, trustProxy });
  const stats: Stats = lb.stats();
  const { effectiveWeight, priority, zone } = stats.backends[0] ?? {};
  void [picked, stats.backends[0]?.failed, stats.sticky?.hits, effectiveWeight, priority, zone];
  // @ts-expect-error: a strategy does not write to a backend
  strategy.pick([createBackend('http://a')], context).active = 1;
  // @ts-expect-error: an engine is closed
  loadBalancer({ backends, engine: { send: () => ({ resume: () => {}, abort: () => {} }) } });
}

export async function health(): Promise<void> {
  const tries: HealthSpec[] = [
    true,
    false,
    '/healthz',
    async () => true,
    async (backend, { signal }) => void (await fetch(backend.url, { signal })),
    { interval: '5s', path: '/h', expect: { status: [200, '300-399'], body: /ok/ }, startup: { assume: 'down' } },
    { type: 'tcp', rise: 1 },
    { type: 'deep', path: '/health/deep', steer: true },
    { type: () => ({ ok: false, error: 'no' }), fall: 1 },
  ];
  for (const spec of tries) loadBalancer({ backends, health: spec });
  loadBalancer({
    backends: [
      { url: 'http://a', health: { port: 9000 } },
      { url: 'http://b', health: false },
    ],
  });
  // @ts-expect-error: a check by tcp has no path
  loadBalancer({ backends, health: { type: 'tcp', path: '/' } });
  await lb.ready();
  const endpoint = healthEndpoint({
    checks: { db: async () => 1, cache: () => false },
    timeout: '2s',
    phase: 'starting',
  });
  endpoint.set('ready');
  endpoint.ask({ weight: '50%' });
  express().use('/health', endpoint);
  createServer(endpoint);
  // @ts-expect-error: no such phase
  endpoint.set('gone');
}

export function breakers(): void {
  loadBalancer({ backends, breaker: false, panicThreshold: 0.5 });
  loadBalancer({ backends, breaker: { failures: 3, statuses: [500], openFor: '5s', maxEjected: 1 } });
  loadBalancer({ backends, breaker: { trip: 'rate', threshold: 0.2, window: '1m', minRequests: 5 } });
  loadBalancer({ backends, breaker: { trip: 'outlier' } });
  const rule: TripRule = { record: (backend, failed, outcome) => failed && outcome.duration > 5 && backend.active > 9 };
  loadBalancer({ backends, breaker: { trip: rule, openFor: 1_000 } });
  // @ts-expect-error: an option of another rule
  loadBalancer({ backends, breaker: { trip: 'rate', failures: 3 } });
  lb.on('breaker:open', ({ backend, reason, openFor }) => void [backend, reason, openFor]);
  lb.on('backend:down', ({ backend, reason }) => void [backend, reason]);
  lb.on('check', ({ backend, ok, ms, error }) => void [backend, ok, ms, error]);
  const [first] = lb.stats().backends;
  void [first?.health, first?.breaker, first?.ejections, first?.lastCheck?.error, first?.report, first?.steered?.share];
}

export function dashboards(): void {
  const page: Dashboard = dashboard([lb, lb], {
    actions: async (request: IncomingMessage) => request.httpVersion === '1.1',
  });
  // The request may be that of one's own framework.
  express().use('/balancer', dashboard(lb, { actions: (request: express.Request) => request.ip === '127.0.0.1' }));
  createServer(page);
  page.close();
  // @ts-expect-error: not an answer
  dashboard(lb, { actions: () => 'yes' });
  // @ts-expect-error: no such option
  dashboard(lb, { action: () => true });
}

export function seeing(): void {
  lb.on('request', accessLog({ format: 'json', stream: process.stdout, redact: ['token'], maxBuffered: 4_096 }));
  const log = accessLog({ format: ({ method, url, dropped }) => `${method} ${url} ${dropped ?? 0}`, stream: pino() });
  holds<Equal<ReturnType<typeof log.dropped>, number>>();
  void accessLog().attach(lb, lb);
  // @ts-expect-error: no such format
  accessLog({ format: 'common' });
  loadBalancer({ backends, tracing: true });
  loadBalancer({ backends, tracing: { tracer: trace.getTracer('mine'), incoming: 'trusted', redact: false } });
  // @ts-expect-error: nothing of the kind
  loadBalancer({ backends, tracing: { incoming: 'all' } });
}
