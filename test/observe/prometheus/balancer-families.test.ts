import { expect, it } from 'vitest';
import { backendFamilies } from '../../../lib/observe/prometheus/backend-families.js';
import { balancerFamilies } from '../../../lib/observe/prometheus/balancer-families.js';
import { RequestCounts } from '../../../lib/observe/prometheus/request-counts.js';
import type { Stats } from '../../../lib/observe/stats.js';
import { balancerStats } from '../fakes.js';

const all = [...balancerFamilies, ...backendFamilies];

it('names are the same nowhere, and follow the conventions of Prometheus', () => {
  const names = all.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, type, help } of all) {
    expect(name).toMatch(/^fairlead_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(name).not.toMatch(/_(count|sum|bucket|milliseconds|ms)$/);
    expect(help).toMatch(/^\S.*\.$/);
  }
});

it('times are in seconds, and of pins there is nothing without them', () => {
  const scraped = { stats: balancerStats('shop', []), counts: new RequestCounts() };
  const of = (name: string) => balancerFamilies.find((family) => family.name === name)?.samples(scraped);
  expect(of('fairlead_uptime_seconds')).toEqual([{ labels: {}, value: 5 }]);
  expect(of('fairlead_sticky_ignored_total')).toEqual([]);
  expect(of('fairlead_queue_failures_total')).toEqual([]);
  expect(of('fairlead_info')).toEqual([{ labels: { strategy: 'p2c' }, value: 1 }]);
});

it('a queue is told of where there is one', () => {
  const queue = { waiting: 2, queued: 9, timedOut: 3, rejected: 4, abandoned: 1, waited: 12_500 };
  const scraped = { stats: balancerStats('shop', [], { queue }), counts: new RequestCounts() };
  const of = (name: string) => balancerFamilies.find((family) => family.name === name)?.samples(scraped);
  expect(of('fairlead_queue_waiting')).toEqual([{ labels: {}, value: 2 }]);
  expect(of('fairlead_queue_requests_total')).toEqual([{ labels: {}, value: 9 }]);
  expect(of('fairlead_queue_wait_seconds_total')).toEqual([{ labels: {}, value: 12.5 }]);
  expect(of('fairlead_queue_failures_total')).toEqual([
    { labels: { reason: 'timed_out' }, value: 3 },
    { labels: { reason: 'rejected' }, value: 4 },
    { labels: { reason: 'abandoned' }, value: 1 },
  ]);
});

it('what only some balancers do is told of where they do it', () => {
  const of = (name: string, more: Partial<Stats>) => {
    const scraped = { stats: balancerStats('shop', [], more), counts: new RequestCounts() };
    return balancerFamilies
      .find((family) => family.name === name)
      ?.samples(scraped)
      .map(({ value }) => value);
  };
  const { requests } = balancerStats('shop', []);
  const some = {
    requests: { ...requests, active: 4, coalesced: 5 },
    rateLimited: 6,
    mirrored: { sent: 7, failed: 2, skipped: 1 },
  };
  expect(of('fairlead_requests_active', some)).toEqual([4]);
  expect(
    [
      'fairlead_requests_coalesced_total',
      'fairlead_requests_rate_limited_total',
      'fairlead_mirror_requests_total',
      'fairlead_mirror_failures_total',
      'fairlead_mirror_skipped_total',
    ].map((name) => [of(name, some), of(name, {})]),
  ).toEqual([
    [[5], []],
    [[6], []],
    [[7], []],
    [[2], []],
    [[1], []],
  ]);
});
