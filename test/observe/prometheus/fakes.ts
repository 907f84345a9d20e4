import { Emitter, type RequestRecord } from '../../../lib/core/events.js';
import type { Observed } from '../../../lib/observe/prometheus/exposition.js';
import type { BackendStats, Stats } from '../../../lib/observe/stats.js';

const LATENCY = { count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 };
const STATUSES = { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 };

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

export function record(more: Partial<RequestRecord> = {}): RequestRecord {
  return {
    balancer: 'default',
    at: 1_700_000_000_000,
    httpVersion: '1.1',
    method: 'GET',
    url: '/',
    client: '203.0.113.7',
    backend: 'a',
    attempts: 1,
    status: 200,
    outcome: 'answered',
    responseTime: 5,
    upstreamTime: 8,
    bytesIn: 0,
    bytesOut: 0,
    duration: 10,
    upgrade: false,
    ...more,
  };
}

export interface FakeBalancer extends Observed {
  /** What `stats` gives; to be changed. */
  picture: Stats;
  /** How often it was asked. */
  asked: number;
  ends(more?: Partial<RequestRecord>): void;
  closes(): void;
  /** Whether anybody listens. */
  isHeard(): boolean;
}

const NONE = { ended: 0, cut: 0 };

/** As much of a balancer as its metrics want. */
export function fakeBalancer(picture: Stats): FakeBalancer {
  const emitter = new Emitter(picture.name, () => {});
  return {
    picture,
    asked: 0,
    stats() {
      this.asked++;
      return this.picture;
    },
    on: (name, listener) => emitter.on(name, listener),
    off: (name, listener) => emitter.off(name, listener),
    ends: (more) => emitter.emit('request', record(more)),
    closes: () => emitter.emit('close', { requests: NONE, streams: NONE, upgrades: NONE }),
    isHeard: () => emitter.heard('request') || emitter.heard('close'),
  };
}
