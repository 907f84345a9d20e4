import type { RequestRecord } from '../../lib/core/events.js';
import type { BackendStats, Stats } from '../../lib/observe/stats.js';

const LATENCY = { count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 };
const STATUSES = { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 };

/** A backend at peace; @param more what is otherwise */
export function backendStats(id: string, more: Partial<BackendStats> = {}): BackendStats {
  return {
    id,
    url: `http://${id}`,
    state: 'ready',
    health: 'unknown',
    breaker: 'closed',
    available: true,
    weight: 1,
    effectiveWeight: 1,
    priority: 0,
    zone: undefined,
    active: 0,
    upgrades: 0,
    total: 0,
    failed: 0,
    aborted: 0,
    retried: 0,
    perSecond: 0,
    latency: LATENCY,
    statuses: STATUSES,
    bytes: { in: 0, out: 0 },
    ejections: 0,
    lastUsed: undefined,
    ...more,
  };
}

/** A balancer to which nothing has come; @param more what is otherwise */
export function balancerStats(name: string, backends: readonly BackendStats[], more: Partial<Stats> = {}): Stats {
  return {
    name,
    strategy: 'p2c',
    uptime: 5_000,
    requests: { total: 0, active: 0, upgrades: 0, failed: 0, retried: 0, aborted: 0, perSecond: 0 },
    retries: { budgetExhausted: 0, hedges: 0 },
    latency: LATENCY,
    statuses: STATUSES,
    bytes: { in: 0, out: 0 },
    backends,
    ...more,
  };
}

/** A record as it is emitted. */
export function record(more: Partial<RequestRecord> = {}): RequestRecord {
  return {
    at: Date.UTC(2000, 9, 10, 13, 55, 36),
    balancer: 'shop',
    method: 'GET',
    url: '/x',
    httpVersion: '1.1',
    client: '10.0.0.9',
    backend: 'a',
    attempts: 1,
    status: 200,
    outcome: 'answered',
    responseTime: 12.34,
    upstreamTime: 13.01,
    duration: 13.37,
    bytesIn: 0,
    bytesOut: 2326,
    upgrade: false,
    ...more,
  };
}
