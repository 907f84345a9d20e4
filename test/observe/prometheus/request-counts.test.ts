import { describe, expect, it } from 'vitest';
import { BUCKETS, RequestCounts } from '../../../lib/observe/prometheus/request-counts.js';
import { record } from '../fakes.js';

function counted(...records: Parameters<typeof record>[0][]): RequestCounts {
  const counts = new RequestCounts();
  for (const more of records) counts.add(record(more));
  return counts;
}

describe('requests', () => {
  it('are counted by backend, method and status', () => {
    const counts = counted({}, {}, { method: 'POST' }, { status: 502 }, { backend: 'b' });
    expect(counts.totals()).toEqual([
      { labels: { backend: 'a', method: 'GET', code: '200' }, value: 2 },
      { labels: { backend: 'a', method: 'GET', code: '502' }, value: 1 },
      { labels: { backend: 'a', method: 'POST', code: '200' }, value: 1 },
      { labels: { backend: 'b', method: 'GET', code: '200' }, value: 1 },
    ]);
  });

  it('that no backend had have an empty one', () => {
    const counts = new RequestCounts();
    const { backend: _, ...nowhere } = record({ status: 503 });
    counts.add(nowhere);
    expect(counts.totals()).toEqual([{ labels: { backend: '', method: 'GET', code: '503' }, value: 1 }]);
  });

  it('of 10,000 methods, paths and statuses come to few series', () => {
    const counts = new RequestCounts();
    for (let i = 0; i < 10_000; i++) counts.add(record({ method: `M${i}`, url: `/${i}`, status: 100 + (i % 900) }));
    expect(counts.totals().length).toBeLessThan(80);
    expect(counts.totals().reduce((sum, { value }) => sum + value, 0)).toBe(10_000);
    expect(new Set(counts.totals().map(({ labels }) => labels.method))).toEqual(new Set(['other']));
  });

  it('leave with their backend, told once more', () => {
    const counts = counted({}, { backend: 'b' });
    counts.keep(new Set(['b']));
    expect(counts.totals().map(({ labels }) => labels.backend)).toEqual(['a', 'b']);
    counts.keep(new Set(['b']));
    expect(counts.totals().map(({ labels }) => labels.backend)).toEqual(['b']);
    expect(counts.durations().every(({ labels }) => labels.backend === 'b')).toBe(true);
  });

  it('without a backend stay', () => {
    const counts = counted({ backend: '' });
    counts.keep(new Set());
    expect(counts.totals()).toHaveLength(1);
  });
});

describe('durations', () => {
  it('are counted up bucket by bucket, in seconds; a bound is within', () => {
    const samples = counted({ duration: 5 }, { duration: 6 }, { duration: 1000 }, { duration: 90_000 }).durations();
    const at = (le: string): number | undefined => samples.find(({ labels }) => labels.le === le)?.value;
    expect([at('0.005'), at('0.01'), at('0.5'), at('1'), at('60'), at('+Inf')]).toEqual([1, 2, 2, 3, 3, 4]);
    expect(samples.slice(-2)).toEqual([
      { suffix: '_sum', labels: { backend: 'a' }, value: 91.011 },
      { suffix: '_count', labels: { backend: 'a' }, value: 4 },
    ]);
    expect(samples).toHaveLength(BUCKETS.length + 3);
  });

  it('leave tunnels out, which are counted all the same', () => {
    const counts = counted({ status: 101, duration: 3_600_000 });
    expect(counts.durations().at(-1)?.value).toBe(0);
    expect(counts.totals()).toMatchObject([{ labels: { code: '101' }, value: 1 }]);
  });
});
