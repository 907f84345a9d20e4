import { describe, expect, it } from 'vitest';
import { backendFamilies } from '../../../lib/observe/prometheus/backend-families.js';
import type { BackendStats } from '../../../lib/observe/stats.js';
import { backendStats } from '../fakes.js';

function of(name: string, more: Partial<BackendStats>): [labels: string, value: number][] {
  const family = backendFamilies.find((one) => one.name === name);
  if (family === undefined) throw new Error(`there is no ${name}`);
  return family
    .samples(backendStats('a', more))
    .map(({ labels, value }) => [Object.values(labels).join(), value] as const)
    .map(([labels, value]) => [labels, value]);
}

describe('a backend', () => {
  it.each([
    ['checks know nothing', {}, 1],
    ['it is down', { health: 'down' }, 0],
    ['its breaker is open', { breaker: 'open' }, 0],
    ['it is tried', { breaker: 'half-open' }, 1],
    ['its operator has taken it out', { state: 'maintenance', available: false }, 1],
  ] as const)('is up or not: %s', (_what, more, up) => {
    expect(of('fairlead_backend_up', more)).toEqual([['', up]]);
  });

  it('is in one state of several', () => {
    expect(of('fairlead_breaker_state', { breaker: 'open' })).toEqual([
      ['closed', 0],
      ['open', 1],
      ['half-open', 0],
    ]);
  });

  it('has nothing where nothing is known', () => {
    for (const name of ['fairlead_connections_open', 'fairlead_sticky_clients', 'fairlead_check_duration_seconds']) {
      expect(of(name, {})).toEqual([]);
    }
  });

  it.each([
    [undefined, 0],
    ['full', 1],
    ['rate', 1],
    ['tier', 0],
    ['down', 0],
  ] as const)('left out for %s is full: %i', (leftOut, full) => {
    expect(of('fairlead_backend_full', leftOut === undefined ? {} : { leftOut })).toEqual([['', full]]);
  });

  it('has limits where there are any', () => {
    const limits = { limit: 12, rateLimited: 3 };
    expect(of('fairlead_backend_adaptive_limit', limits)).toEqual([['', 12]]);
    expect(of('fairlead_backend_rate_limited_total', limits)).toEqual([['', 3]]);
    for (const name of ['fairlead_backend_adaptive_limit', 'fairlead_backend_rate_limited_total']) {
      expect(of(name, {})).toEqual([]);
    }
  });

  it('may report anything of itself', () => {
    const lies = { uptime: 'long', memory: { rss: -1, heapUsed: Number.NaN, heapTotal: 5, 'x"\n': 6 } };
    expect(of('fairlead_backend_reported_uptime_seconds', { report: lies })).toEqual([]);
    expect(of('fairlead_backend_reported_memory_bytes', { report: lies })).toEqual([['heapTotal', 5]]);
    expect(of('fairlead_backend_reported_memory_bytes', { report: { memory: null } })).toEqual([]);
    expect(of('fairlead_backend_reported_uptime_seconds', { report: { uptime: 2_000 } })).toEqual([['', 2]]);
  });

  it('has pins by what became of them', () => {
    const sticky = { hits: 3, assigned: 2, lost: 1, rejected: 0, clients: 4 };
    expect(of('fairlead_sticky_requests_total', { sticky })).toEqual([
      ['hits', 3],
      ['assigned', 2],
      ['lost', 1],
      ['rejected', 0],
    ]);
  });
});
