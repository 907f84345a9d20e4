import type { RequestRecord } from '../../../lib/core/events.js';

/** A record as it is emitted. */
export function record(differs: Partial<RequestRecord> = {}): RequestRecord {
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
    ...differs,
  };
}
