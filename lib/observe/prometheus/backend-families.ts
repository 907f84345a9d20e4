import type { BackendStats } from '../stats.js';
import type { Aggregator, Family, Sample } from './sample.js';

type Numbers = (backend: BackendStats) => number | undefined;

function gauge(name: string, help: string, of: Numbers, aggregator: Aggregator = 'sum'): Family<BackendStats> {
  return { name, help, type: 'gauge', aggregator, samples: (backend) => plain(of(backend)) };
}

function counter(name: string, help: string, of: Numbers): Family<BackendStats> {
  return { name, help, type: 'counter', samples: (backend) => plain(of(backend)) };
}

/** One of several states: 1 for the one it is in, 0 for the others, so that a query names it and knows no code. */
function states<State extends string>(
  name: string,
  help: string,
  all: readonly State[],
  of: (backend: BackendStats) => State,
): Family<BackendStats> {
  const samples = (backend: BackendStats): Sample[] =>
    all.map((state) => ({ labels: { state }, value: of(backend) === state ? 1 : 0 }));
  return { name, help, type: 'gauge', aggregator: 'max', samples };
}

const plain = (value: number | undefined): Sample[] => (value === undefined ? [] : [{ labels: {}, value }]);

/** Whether checks and requests speak for it; what its operator wants of it is another matter. */
const isUp = ({ health, breaker }: BackendStats): number => (health === 'down' || breaker === 'open' ? 0 : 1);

/** Whether it is its limit or its rate alone that keeps new clients from it. */
const isFull = ({ leftOut }: BackendStats): number => (leftOut === 'full' || leftOut === 'rate' ? 1 : 0);

/** A number that a backend has reported of itself: it may have said anything. */
function reported(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

const MEMORY = ['rss', 'heapUsed', 'heapTotal'];

function memoryOf({ report }: BackendStats): Sample[] {
  const memory: unknown = report?.memory;
  if (typeof memory !== 'object' || memory === null) return [];
  return MEMORY.flatMap((kind) => {
    const value = reported(Reflect.get(memory, kind));
    return value === undefined ? [] : [{ labels: { kind }, value }];
  });
}

function stickyOf({ sticky }: BackendStats): Sample[] {
  if (sticky === undefined) return [];
  const { hits, assigned, lost, rejected } = sticky;
  return Object.entries({ hits, assigned, lost, rejected }).map(([result, value]) => ({ labels: { result }, value }));
}

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000);

/** Metrics of each backend. */
export const backendFamilies: readonly Family<BackendStats>[] = [
  gauge('fairlead_backend_up', '0 while checks say it is down or its breaker is open, else 1.', isUp, 'min'),
  gauge('fairlead_backend_available', 'Whether it takes clients without a pin.', (b) => Number(b.available), 'min'),
  gauge('fairlead_backend_full', 'Whether it has as many requests as it may have.', isFull, 'min'),
  states('fairlead_backend_state', 'As its operator wants it.', ['ready', 'drain', 'maintenance'], (b) => b.state),
  states('fairlead_backend_health', 'By active checks.', ['unknown', 'up', 'down'], (b) => b.health),
  states('fairlead_breaker_state', 'By its requests.', ['closed', 'open', 'half-open'], (b) => b.breaker),
  counter('fairlead_breaker_trips_total', 'Times its breaker has opened.', (b) => b.ejections),
  gauge('fairlead_backend_active', 'Requests and tunnels in flight.', (b) => b.active),
  gauge('fairlead_backend_tunnels', 'Tunnels (WebSockets) that are open.', (b) => b.upgrades),
  gauge('fairlead_backend_weight', 'Its weight at this moment.', (b) => b.effectiveWeight, 'first'),
  gauge('fairlead_backend_adaptive_limit', 'Most requests that wait for its answer at once.', (b) => b.limit),
  counter('fairlead_backend_rate_limited_total', 'Times it was left out for its rate.', (b) => b.rateLimited),
  counter('fairlead_backend_attempts_total', 'Attempts made there.', (b) => b.total),
  counter('fairlead_backend_failures_total', 'Attempts that failed through its fault.', (b) => b.failed),
  counter('fairlead_backend_retried_total', 'Attempts that another was to follow.', (b) => b.retried),
  counter('fairlead_request_bytes_total', 'Bytes of bodies and tunnels that went there.', (b) => b.bytes.in),
  counter('fairlead_response_bytes_total', 'Bytes of bodies and tunnels that came from there.', (b) => b.bytes.out),
  gauge('fairlead_connections_open', 'Connections that are kept for requests.', (b) => b.connections?.open),
  gauge('fairlead_connections_idle', 'Of these, those without a request.', (b) => b.connections?.idle),
  counter('fairlead_connections_opened_total', 'Connections ever opened.', (b) => b.connections?.opened),
  counter('fairlead_connections_reused_total', 'Requests over a used connection.', (b) => b.connections?.reused),
  {
    name: 'fairlead_sticky_requests_total',
    help: 'What became of pins: hits, assigned, lost or rejected.',
    type: 'counter',
    samples: stickyOf,
  },
  gauge('fairlead_sticky_clients', 'Client addresses of the last 5 to 10 minutes.', (b) => b.sticky?.clients),
  gauge('fairlead_check_duration_seconds', 'Time its last check took.', (b) => seconds(b.lastCheck?.ms), 'max'),
  gauge(
    'fairlead_backend_reported_uptime_seconds',
    'How long it runs, by its own word.',
    (b) => seconds(reported(b.report?.uptime)),
    'first',
  ),
  {
    name: 'fairlead_backend_reported_memory_bytes',
    help: 'The memory it has, by its own word.',
    type: 'gauge',
    aggregator: 'first',
    samples: memoryOf,
  },
];
