import express from 'express';
import { loadBalancer } from 'fairlead';
import { metrics } from 'fairlead/prometheus';
import { describe, expect, test } from 'vitest';
import { backendFamilies } from '../../lib/observe/prometheus/backend-families.js';
import { balancerFamilies } from '../../lib/observe/prometheus/balancer-families.js';
import { balance, ended, front, serveApp, serveBare, through } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { collectGarbage } from '../support/garbage.js';
import { deadPort } from '../support/listen.js';
import { handlerOrigin, origin } from '../support/origin.js';
import { hasPromtool, promtool } from '../support/promtool.js';
import { until } from '../support/until.js';

/** Skipped without a word in a run of one's own, where there is no promtool; under CI it has to be there. */
const withPromtool = test.skipIf(!hasPromtool);

/** The series of a metric, as they are printed. */
const seriesOf = (text: string, name: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

describe.each(engineNames)('engine %s', (engine) => {
  const { front } = through(engine);

  test('a route for scrapes in Express: requests, failures, connections, bytes', async () => {
    const backend = await origin((_got, response) => response.writeHead(201).end('12345'));
    const backends = [
      { id: 'dead', url: `http://127.0.0.1:${await deadPort()}` },
      { id: 'a', url: backend.url },
    ];
    const { lb, port } = await front({ name: 'shop', strategy: 'first', breaker: false, backends });
    const app = await serveApp(express().get('/metrics', metrics(lb).handler));
    const over = ended(lb, 2);
    for (let i = 0; i < 2; i++) await ask(port, { method: 'PUT', path: `/${i}`, body: 'abc' });
    await over;
    const { status, text, headers } = await ask(app.port, { path: '/metrics' });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const line of [
      'fairlead_requests_total{balancer="shop",backend="a",method="PUT",code="201"} 2',
      'fairlead_request_duration_seconds_count{balancer="shop",backend="a"} 2',
      'fairlead_retries_total{balancer="shop"} 2',
      'fairlead_backend_attempts_total{balancer="shop",backend="dead"} 2',
      'fairlead_backend_failures_total{balancer="shop",backend="dead"} 2',
      'fairlead_backend_retried_total{balancer="shop",backend="dead"} 2',
      'fairlead_request_bytes_total{balancer="shop",backend="a"} 6',
      'fairlead_response_bytes_total{balancer="shop",backend="a"} 10',
      'fairlead_connections_opened_total{balancer="shop",backend="a"} 1',
      'fairlead_connections_reused_total{balancer="shop",backend="a"} 1',
      'fairlead_connections_open{balancer="shop",backend="a"} 1',
      'fairlead_connections_idle{balancer="shop",backend="a"} 1',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  test('the same connections in the statistics', async () => {
    const backend = await origin();
    const { lb, port } = await front({ backends: [backend.url] });
    expect(lb.stats().backends[0]?.connections).toBeUndefined();
    const over = ended(lb, 3);
    for (let i = 0; i < 3; i++) await ask(port);
    await over;
    expect(lb.stats().backends[0]?.connections).toEqual({ open: 1, idle: 1, opened: 1, reused: 2 });
  });

  withPromtool('promtool finds nothing wrong with it, under load and with all that there is', async () => {
    const backends = await Promise.all(
      [200, 404, 503].map(async (status, i) => {
        const { url } = await origin((_got, response) => response.writeHead(status).end('x'));
        return { id: `b${i}`, url };
      }),
    );
    const { lb, port } = await front({
      name: 'shop',
      strategy: 'round-robin',
      sticky: true,
      retry: false,
      coalesce: true,
      mirror: { to: [(await origin()).url] },
      limits: {
        queue: {},
        adaptive: true,
        rate: { client: { points: 55, per: '1h' }, backend: { points: 1_000, per: '1h' } },
      },
      backends,
    });
    const { registry } = metrics(lb);
    const over = ended(lb, 60);
    const asked = Promise.all(Array.from({ length: 60 }, (_, i) => ask(port, { path: `/${i % 30}` })));
    const during = await registry.metrics();
    await asked;
    await over;
    const after = await registry.metrics();
    expect(seriesOf(after, 'fairlead_requests_rate_limited_total')).toEqual([
      'fairlead_requests_rate_limited_total{balancer="shop"} 5',
    ]);
    const mentioned = [...balancerFamilies, ...backendFamilies].filter(({ name }) => !/reported|check_/.test(name));
    for (const { name, type } of mentioned) {
      expect(seriesOf(after, type === 'histogram' ? `${name}_sum` : name), name).not.toEqual([]);
    }
    for (const text of [during, after]) {
      expect(promtool(['check', 'metrics'], text)).toEqual({ code: 0, said: '' });
    }
  });
});

test('methods, paths and statuses by the thousand are a few series', async () => {
  const methods = ['GET', 'PROPFIND', 'MKCOL', 'LOCK', 'REPORT', 'BIND', 'PURGE'];
  let answered = 0;
  const backend = await origin((_got, response) => response.writeHead(200 + (answered++ % 800)).end());
  const lb = balance({ backends: [backend.url], retry: false, breaker: false });
  const { port } = await serveBare(lb);
  const { registry } = metrics(lb);
  const count = 1_000;
  const over = ended(lb, count);
  for (let i = 0; i < count; i += 50) {
    const batch = Array.from({ length: 50 }, (_, k) => i + k);
    await Promise.all(batch.map((n) => ask(port, { method: methods[n % methods.length] ?? 'GET', path: `/p${n}` })));
  }
  await over;
  const text = await registry.metrics();
  const series = seriesOf(text, 'fairlead_requests_total');
  expect(series.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)).toBe(count);
  expect(new Set(series.map((line) => /method="(\w+)"/.exec(line)?.[1]))).toEqual(new Set(['GET', 'other']));
  expect(series.length).toBeLessThan(2 * 80);
  expect(text).not.toContain('/p1');
});

test('balancers that have closed leave the registry, and nothing keeps them', async () => {
  const stays = balance({ name: 'stays', backends: [] });
  const { registry } = metrics(stays);
  const refs: WeakRef<object>[] = [];
  for (let i = 0; i < 200; i++) {
    const lb = loadBalancer({ name: `n${i % 50}`, backends: ['http://127.0.0.1:9'] });
    refs.push(new WeakRef(lb));
    metrics(lb, { registry });
    if (i % 20 === 0) await registry.metrics();
    await lb.close();
  }
  expect(seriesOf(await registry.metrics(), 'fairlead_info').at(-1)).toContain('"n49"');
  expect(seriesOf(await registry.metrics(), 'fairlead_info')).toEqual([
    'fairlead_info{balancer="stays",strategy="p2c"} 1',
  ]);
  // A turn of the loop: until then a WeakRef holds what it has been made of.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(refs.filter((ref) => ref.deref() !== undefined).length).toBeLessThan(20);
});

test('a balancer that closes is counted to its last request', async () => {
  const backend = await handlerOrigin(() => {});
  const { lb, port } = await front({ name: 'shop', backends: [backend.url] });
  const { registry } = metrics(lb);
  const asked = ask(port);
  await until(() => lb.stats().backends[0]?.active === 1);
  await lb.close({ timeout: 0 });
  expect((await asked).status).toBe(503);
  expect(seriesOf(await registry.metrics(), 'fairlead_requests_total')).toMatchObject([
    expect.stringMatching(/"503"} 1$/),
  ]);
  expect(await registry.metrics()).not.toContain('shop');
});

test('scrapes while backends come and go: whole, without duplicates, and without those that are gone', async () => {
  const origins = await Promise.all([origin(), origin()]);
  const [{ url }, { url: other }] = origins as [{ url: string }, { url: string }];
  const lb = balance({ backends: [{ id: 'stays', url }] });
  const { port } = await serveBare(lb);
  const { registry } = metrics(lb);
  for (let round = 0; round < 10; round++) {
    lb.add({ id: `n${round}`, url: other });
    const over = ended(lb, 8);
    const asked = Promise.all(Array.from({ length: 8 }, () => ask(port)));
    const during = registry.metrics();
    const removed = lb.remove(`n${round}`);
    const lines = (await during).split('\n').filter((line) => line.startsWith('fairlead_'));
    const series = lines.map((line) => line.slice(0, line.lastIndexOf(' ')));
    expect(new Set(series).size).toBe(series.length);
    await Promise.all([asked, over, removed]);
  }
  const text = await registry.metrics();
  expect(seriesOf(text, 'fairlead_backend_up')).toEqual(['fairlead_backend_up{balancer="default",backend="stays"} 1']);
  expect(text).not.toMatch(/backend="n\d/);
});
