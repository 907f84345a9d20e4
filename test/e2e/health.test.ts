import type { RequestListener } from 'node:http';
import express from 'express';
import { healthEndpoint, type LoadBalancer, type LoadBalancerOptions, type Logger } from 'fairlead';
import { describe, expect, test } from 'vitest';
import { balance, front, nextEvent } from '../support/balance.js';
import { ask } from '../support/client.js';
import { httpServer, illServers } from '../support/ill-servers.js';
import { deadPort, listen } from '../support/listen.js';
import { handlerOrigin } from '../support/origin.js';
import { rawClient } from '../support/peer.js';

/** A backend whose health and answers the test sets. */
async function patient(answer = 'ok') {
  const now = { check: 200, status: 200, header: undefined as string | undefined, checks: 0 };
  const listener: RequestListener = (request, response) => {
    request.resume();
    if (now.header !== undefined) response.setHeader('X-Fairlead-Backend', now.header);
    if (request.url === '/health') now.checks++;
    response.writeHead(request.url === '/health' ? now.check : now.status).end(answer);
  };
  return { ...(await httpServer(listener)), now };
}

const QUICK = { interval: 40, timeout: 1_000, fastInterval: 20, rise: 2, fall: 2 };

const of = (lb: LoadBalancer, id: string) => lb.stats().backends.find((backend) => backend.id === id);
const reasons = (lb: LoadBalancer) =>
  lb
    .explain({})
    .backends.map(({ id, reason }) => `${id} ${reason ?? '-'}`)
    .join(', ');

async function pair(options: Partial<LoadBalancerOptions> = {}) {
  const [a, b] = await Promise.all([patient('a'), patient('b')]);
  const backends = [
    { id: 'a', url: a.url },
    { id: 'b', url: b.url },
  ];
  const { lb, port } = await front({ strategy: 'round-robin', backends, ...options });
  const get = async (path = '/') => await ask(port, { path });
  return { a, b, lb, port, get };
}

describe('active checks', () => {
  test('leave a backend out that is ill, and bring it back when it is well', async () => {
    const { a, lb, get } = await pair({ health: QUICK });
    await lb.ready();
    expect(lb.stats().backends).toMatchObject([{ health: 'up' }, { health: 'up', lastCheck: { ok: true } }]);
    a.now.check = 500;
    expect(await nextEvent(lb, 'backend:down')).toEqual({
      backend: 'a',
      reason: '2 checks in a row failed, the last: status 500, not 200-299',
    });
    expect(of(lb, 'a')).toMatchObject({ health: 'down', available: false, lastCheck: { ok: false } });
    expect(reasons(lb)).toBe('a down, b -');
    expect((await Promise.all([1, 2, 3, 4].map(() => get()))).map(({ text }) => text)).toEqual(['b', 'b', 'b', 'b']);
    a.now.check = 200;
    expect(await nextEvent(lb, 'backend:up')).toEqual({ backend: 'a', reason: '2 checks in a row passed' });
    expect((await Promise.all([get(), get()])).map(({ text }) => text).sort()).toEqual(['a', 'b']);
  });

  test('keep a new backend out until it passes, where nothing is to be assumed of it', async () => {
    const { a, b, lb, get } = await pair({ health: { ...QUICK, startup: { assume: 'down', fall: 100 } } });
    a.now.check = 503;
    b.now.check = 503;
    expect(reasons(lb)).toBe('a unknown, b unknown');
    expect((await get()).status).toBe(503);
    b.now.check = 200;
    if (of(lb, 'b')?.health !== 'up') await nextEvent(lb, 'backend:up');
    expect(['a', 'b']).toContain((await get()).text);
  });

  test('find who refuses, hangs and answers, and are ready when each has been asked', async () => {
    const hangs = await illServers['hangs before it answers']?.();
    const well = await patient();
    const urls = { refuses: `http://127.0.0.1:${await deadPort()}`, hangs: hangs?.url ?? '', well: well.url };
    const backends = Object.entries(urls).map(([id, url]) => ({ id, url }));
    const lb = balance({ backends, health: { interval: 50_000, timeout: 100, startup: { fall: 1 } } });
    await lb.ready();
    expect(lb.stats().backends).toMatchObject([
      { health: 'down', lastCheck: { error: expect.stringContaining('ECONNREFUSED') } },
      { health: 'down', lastCheck: { error: 'no answer within 100 ms' } },
      { health: 'up', lastCheck: { ok: true } },
    ]);
    await hangs?.atMost(0);
  });

  test('stop in maintenance and when the balancer closes; states never overwrite one another', async () => {
    const { a, lb } = await pair({ health: QUICK });
    await lb.ready();
    lb.setState('a', 'maintenance');
    await a.atMost(0);
    const { checks } = a.now;
    a.now.check = 500;
    for (let i = 0; i < 4; i++) await nextEvent(lb, 'check');
    expect(a.now.checks).toBe(checks);
    expect(of(lb, 'a')).toMatchObject({ state: 'maintenance', health: 'unknown', available: false });
    lb.setState('a', 'drain');
    await nextEvent(lb, 'backend:down');
    expect(of(lb, 'a')).toMatchObject({ state: 'drain', health: 'down' });
    lb.setState('a', 'ready');
    expect(reasons(lb)).toBe('a down, b -');
    await lb.close();
    await a.atMost(0);
    await lb.ready();
  });

  test('are ignored in panic', async () => {
    const { a, b, lb, get } = await pair({ health: QUICK, panicThreshold: 0.4 });
    await lb.ready();
    a.now.check = 500;
    await nextEvent(lb, 'backend:down');
    expect((await get()).text).toBe('b');
    b.now.check = 500;
    await nextEvent(lb, 'backend:down');
    expect(new Set((await Promise.all([get(), get()])).map(({ text }) => text))).toEqual(new Set(['a', 'b']));
    lb.setState('a', 'maintenance');
    expect((await get()).text).toBe('b');
  });

  test('without a threshold leave nobody: 503', async () => {
    const { a, b, lb, get } = await pair({ health: QUICK });
    a.now.check = 500;
    b.now.check = 500;
    await nextEvent(lb, 'backend:down');
    if (of(lb, 'a')?.health !== 'down' || of(lb, 'b')?.health !== 'down') await nextEvent(lb, 'backend:down');
    expect((await get()).status).toBe(503);
  });
});

describe('deep checks', () => {
  test('read what a backend reports of itself, and heed what it asks for', async () => {
    const endpoint = healthEndpoint({ checks: { db: () => true }, version: '7' });
    const app = express().use('/health', endpoint);
    const { url } = await listen((await import('node:http')).createServer(app));
    const other = await patient('other');
    const backends = [
      { id: 'a', url },
      { id: 'b', url: other.url, health: false as const },
    ];
    const { lb } = await front({ backends, health: { type: 'deep', steer: true, ...QUICK } });
    await lb.ready();
    expect(of(lb, 'a')).toMatchObject({ health: 'up', report: { version: '7', checks: { db: { ok: true } } } });
    expect(of(lb, 'b')).toMatchObject({ health: 'unknown', available: true });
    expect(other.now.checks).toBe(0);
    endpoint.ask({ state: 'drain', weight: '50%' });
    expect(await nextEvent(lb, 'backend:state')).toEqual({ backend: 'a', from: 'ready', to: 'drain', by: 'backend' });
    expect(of(lb, 'a')).toMatchObject({
      state: 'ready',
      steered: { state: 'drain', share: 0.5 },
      effectiveWeight: 0.5,
      weight: 1,
    });
    expect(reasons(lb)).toBe('a steered, b -');
    endpoint.ask({ weight: '100%' });
    await nextEvent(lb, 'backend:state');
    expect(of(lb, 'a')?.steered).toBeUndefined();
  });
});

describe('the header x-fairlead-backend', () => {
  test('is heeded on any answer with steer, and never reaches a client', async () => {
    const { a, lb, get } = await pair({ health: { ...QUICK, interval: 60_000, steer: true } });
    await lb.ready();
    a.now.header = 'drain';
    const answers = [await get(), await get(), await get()];
    expect(answers.map(({ headers }) => headers['x-fairlead-backend'])).toEqual([undefined, undefined, undefined]);
    expect(reasons(lb)).toBe('a steered, b -');
    expect(of(lb, 'a')).toMatchObject({ state: 'ready', health: 'up', available: false });
  });

  test('is heard of nobody without it, and does not reach a client either', async () => {
    const { a, lb, get } = await pair();
    a.now.header = 'drain';
    for (const { headers } of [await get(), await get()]) expect(headers['x-fairlead-backend']).toBeUndefined();
    expect(reasons(lb)).toBe('a -, b -');
  });
});

describe('the breaker', () => {
  test('leaves a backend out whose answers are failures, tries it with one request, and takes it back', async () => {
    const lines: string[] = [];
    const log = (fields: object, message: string): void =>
      void lines.push(`${Reflect.get(fields, 'event')}: ${message}`);
    const logger: Logger = { debug() {}, info: log, warn: log, error: log };
    const { a, lb, get } = await pair({ breaker: { failures: 3, openFor: 400 }, logger });
    a.now.status = 503;
    const opened = nextEvent(lb, 'breaker:open');
    const half = nextEvent(lb, 'breaker:half-open');
    for (let i = 0; i < 6; i++) await get();
    expect(await opened).toEqual({ backend: 'a', reason: '3 failures in a row', openFor: 400 });
    expect(of(lb, 'a')).toMatchObject({ state: 'ready', ejections: 1, total: 3 });
    await half;
    const again = nextEvent(lb, 'breaker:open');
    while (of(lb, 'a')?.breaker === 'half-open') await get();
    expect((await again).openFor).toBe(800);
    expect(of(lb, 'a')).toMatchObject({ breaker: 'open', ejections: 2, total: 4, available: false });
    expect(reasons(lb)).toBe('a breaker, b -');
    a.now.status = 200;
    await nextEvent(lb, 'breaker:half-open');
    const closed = nextEvent(lb, 'breaker:close');
    while (of(lb, 'a')?.breaker === 'half-open') await get();
    expect(await closed).toEqual({ backend: 'a', reason: 'the request let through was answered' });
    expect(of(lb, 'a')).toMatchObject({ breaker: 'closed', ejections: 2, total: 5, available: true });
    expect(lines.map((line) => line.split(':', 2).join(':'))).toEqual([
      'breaker:open',
      'breaker:half-open',
      'breaker:open',
      'breaker:half-open',
      'breaker:close',
    ]);
  });

  test('of half-open lets exactly one of many requests through', async () => {
    const { a, lb, get } = await pair({ breaker: { failures: 1, openFor: 300 } });
    a.now.status = 502;
    while (of(lb, 'a')?.breaker === 'closed') await get();
    if (of(lb, 'a')?.breaker === 'open') await nextEvent(lb, 'breaker:half-open');
    const before = of(lb, 'a')?.total ?? 0;
    const answers = await Promise.all(Array.from({ length: 20 }, () => get()));
    expect(answers.filter(({ status }) => status === 502)).toHaveLength(1);
    expect(of(lb, 'a')?.total).toBe(before + 1);
  });

  test('closes at the head of a good answer, which may have no end', async () => {
    const streams = await handlerOrigin((_request, response) => {
      if (streams.ill) response.writeHead(503).end();
      else response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    }).then((backend) => ({ ...backend, ill: true }));
    const { lb, port } = await front({
      backends: [{ id: 'a', url: streams.url }],
      breaker: { failures: 1, openFor: 50 },
    });
    const half = nextEvent(lb, 'breaker:half-open');
    expect((await ask(port)).status).toBe(503);
    streams.ill = false;
    await half;
    const closed = nextEvent(lb, 'breaker:close');
    const client = await rawClient(port);
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await closed).toEqual({ backend: 'a', reason: 'the request let through was answered' });
    expect(of(lb, 'a')).toMatchObject({ breaker: 'closed', active: 1, available: true });
    const over = nextEvent(lb, 'request');
    client.socket.destroy();
    await over;
    expect(of(lb, 'a')).toMatchObject({ breaker: 'closed', active: 0 });
  });

  test('closes when checks see a backend come back', async () => {
    const { a, lb, get } = await pair({ health: QUICK, breaker: { failures: 2, openFor: '1h' } });
    await lb.ready();
    a.now.check = 503;
    a.now.status = 503;
    while (of(lb, 'a')?.breaker === 'closed' && of(lb, 'a')?.health === 'up') await get();
    if (of(lb, 'a')?.health === 'up') await nextEvent(lb, 'backend:down');
    a.now.check = 200;
    a.now.status = 200;
    await nextEvent(lb, 'backend:up');
    expect(of(lb, 'a')).toMatchObject({ health: 'up', breaker: 'closed', available: true });
  });

  test('does not count clients that go away, nor bad requests', async () => {
    const slow = await illServers['hangs before it answers']?.();
    const { lb, port } = await front({ backends: [{ id: 'a', url: slow?.url ?? '' }], breaker: { failures: 1 } });
    for (let i = 0; i < 3; i++) {
      const ended = nextEvent(lb, 'request');
      const { request } = await import('node:http');
      const asked = request({ port, host: '127.0.0.1' }).on('error', () => {});
      asked.end();
      asked.once('socket', (socket) => socket.once('connect', () => setImmediate(() => asked.destroy())));
      expect((await ended).outcome).toBe('aborted');
    }
    expect(of(lb, 'a')).toMatchObject({ breaker: 'closed', available: true });
  });

  test('leaves out the only backend there is, which is 503 until it is tried again; off, it never does', async () => {
    const lone = await patient();
    lone.now.status = 504;
    const on = await front({ backends: [{ id: 'a', url: lone.url }] });
    const off = await front({ backends: [{ id: 'a', url: lone.url }], breaker: false });
    const statuses = async (port: number) => {
      const seen: number[] = [];
      for (let i = 0; i < 7; i++) seen.push((await ask(port)).status);
      return seen.join(' ');
    };
    expect(await statuses(on.port)).toBe('504 504 504 504 504 503 503');
    expect(await statuses(off.port)).toBe('504 504 504 504 504 504 504');
  });
});
