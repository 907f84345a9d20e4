import { expect, it } from 'vitest';
import { backendFamilies } from '../../../lib/observe/prometheus/backend-families.js';
import { balancerFamilies } from '../../../lib/observe/prometheus/balancer-families.js';
import { RequestCounts } from '../../../lib/observe/prometheus/request-counts.js';
import { balancerStats } from './fakes.js';

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
  expect(of('fairlead_info')).toEqual([{ labels: { strategy: 'p2c' }, value: 1 }]);
});
