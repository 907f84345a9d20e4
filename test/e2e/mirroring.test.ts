import { createServer, request as httpRequest } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import express from 'express';
import type { Engine } from 'fairlead';
import { describe, expect, test } from 'vitest';
import { front, serveApp, through } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { deadPort, listen } from '../support/listen.js';
import { origin, values } from '../support/origin.js';
import { until } from '../support/until.js';

/** A request with a body. */
function post(port: number, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const request = httpRequest({ host: '127.0.0.1', port, method: 'POST', path: '/order', headers, agent: false });
    request.on('response', (answer) => answer.resume().on('end', () => resolve(answer.statusCode)));
    request.on('error', reject).end(body);
  });
}

describe.each(engineNames)('mirror over %s', (engine) => {
  const { balance, front } = through(engine);

  test('a copy arrives, marked, with the head a backend gets', async () => {
    const [backend, shadow] = [await origin(), await origin()];
    const { port, lb } = await front({ name: 'shop', backends: [backend.url], mirror: { to: shadow.url } });
    const headers = { host: 'shop.example', connection: 'close, x-hop', 'x-hop': '1', cookie: 'a=1' };
    expect(await ask(port, { path: '/a?b=1', headers })).toMatchObject({ status: 200, text: 'ok' });
    await until(() => shadow.requests.length === 1);
    const { method, target, rawHeaders } = shadow.last();
    expect([method, target]).toEqual(['GET', '/a?b=1']);
    expect(values(rawHeaders, 'x-fairlead-mirrored')).toEqual(['shop']);
    expect(values(rawHeaders, 'host')).toEqual(['shop.example']);
    expect(values(rawHeaders, 'cookie')).toEqual(['a=1']);
    expect(values(rawHeaders, 'x-forwarded-for')).toEqual(['127.0.0.1']);
    expect(values(rawHeaders, 'x-hop')).toEqual([]);
    expect(values(backend.last().rawHeaders, 'x-fairlead-mirrored')).toEqual([]);
    expect(lb.stats().mirrored).toEqual({ sent: 1, failed: 0, skipped: 0 });
    expect(lb.stats().requests.total).toBe(1);
  });

  test('bodies are copied where POST is asked for, and skipped beyond maxBytes', async () => {
    const [backend, shadow] = [await origin(), await origin()];
    const mirror = { to: [shadow.url], methods: ['POST'], maxBytes: 1_000 };
    const { port, lb } = await front({ backends: [backend.url], mirror });
    await post(port, 'x'.repeat(1_000));
    await post(port, 'y'.repeat(1_001));
    await ask(port);
    await until(() => shadow.requests.length === 1);
    expect(shadow.last().body.toString()).toBe('x'.repeat(1_000));
    expect(backend.requests.map(({ body }) => body.length)).toEqual([1_000, 1_001, 0]);
    expect(lb.stats().mirrored).toEqual({ sent: 1, failed: 0, skipped: 1 });
  });

  test('bodies that a parser has read are copied', async () => {
    const [backend, shadow] = [await origin(), await origin()];
    const lb = balance({ backends: [backend.url], mirror: { to: shadow.url } });
    const { port } = await serveApp(express().use(express.json(), lb));
    await post(port, '{"a": 1}');
    await until(() => shadow.requests.length === 1);
    expect(shadow.last().body.toString()).toBe('{"a":1}');
  });

  test('a request that is retried is copied once, and a copy not at all', async () => {
    const [backend, shadow] = [await origin(), await origin()];
    const backends = [`http://127.0.0.1:${await deadPort()}`, backend.url];
    const { port, lb } = await front({ backends, strategy: 'first', mirror: { to: shadow.url } });
    expect((await ask(port)).status).toBe(200);
    expect(lb.stats().requests.retried).toBe(1);
    await ask(port, { headers: { 'x-fairlead-mirrored': 'other' } });
    await until(() => shadow.requests.length === 1);
    expect(lb.stats().mirrored).toMatchObject({ sent: 1, skipped: 0 });
  });

  test('shadows that refuse or reset are counted, and no client hears of it', async () => {
    const backend = await origin();
    const resets = await listen(createTcpServer((socket) => socket.on('error', () => {}).resetAndDestroy()));
    const to = [`http://127.0.0.1:${await deadPort()}`, resets.url];
    const { port, lb } = await front({ backends: [backend.url], mirror: { to } });
    for (let i = 0; i < 4; i++) expect((await ask(port)).status).toBe(200);
    await until(() => lb.stats().mirrored?.failed === 4);
    expect(lb.stats()).toMatchObject({ mirrored: { sent: 4, skipped: 0 }, requests: { failed: 0, total: 4 } });
  });

  test('one that hangs takes its share of places, and close() ends its copies', async () => {
    const backend = await origin();
    const hangs = await listen(createServer(() => {}));
    const { port, lb } = await front({ backends: [backend.url], mirror: { to: hangs.url, maxConcurrent: 2 } });
    for (let i = 0; i < 5; i++) expect((await ask(port)).status).toBe(200);
    expect(lb.stats().mirrored).toEqual({ sent: 2, failed: 0, skipped: 3 });
    await until(() => hangs.open.size === 2);
    await lb.close();
    await hangs.atMost(0);
    expect(lb.stats().mirrored).toEqual({ sent: 2, failed: 2, skipped: 3 });
  });

  test('one that answers without end is cut off', async () => {
    const backend = await origin();
    const chunk = Buffer.alloc(65_536);
    const endless = await listen(
      createServer((_request, response) => {
        const write = (): void => {
          while (!response.destroyed && response.write(chunk));
        };
        response.on('drain', write);
        write();
      }),
    );
    const { port, lb } = await front({ backends: [backend.url], mirror: { to: endless.url } });
    expect((await ask(port)).status).toBe(200);
    await until(() => endless.accepted() === 1);
    await endless.atMost(0);
    expect(lb.stats().mirrored).toEqual({ sent: 1, failed: 0, skipped: 0 });
  });
});

/** An engine that answers at once, but for a shadow never; its close() waits for whoever is under way. */
function patientEngine(): Engine & { readonly underWay: ReadonlySet<object> } {
  const underWay = new Set<object>();
  let idle = (): void => {};
  return {
    underWay,
    send({ backend }, sink) {
      const flight = {
        resume() {},
        abort() {
          if (underWay.delete(flight) && underWay.size === 0) idle();
        },
      };
      if (backend.id === 'shadow') {
        underWay.add(flight);
        return flight;
      }
      setImmediate(() => {
        sink.connected();
        sink.head(200, 'OK', []);
        sink.end([]);
      });
      return flight;
    },
    close: () =>
      new Promise((resolve) => {
        idle = resolve;
        if (underWay.size === 0) resolve();
      }),
  };
}

test('copies that an engine of the user’s own carries are ended before it is closed: close() does not wait for them', async () => {
  const engine = patientEngine();
  const mirror = { to: [{ url: 'http://10.0.0.9', id: 'shadow' }], timeout: '1h' };
  const { port, lb } = await front({ engine, backends: ['http://10.0.0.1'], mirror });
  expect((await ask(port)).status).toBe(200);
  await until(() => engine.underWay.size === 1);
  const late = delay(5_000, 'late', { ref: false });
  expect(await Promise.race([lb.close(), late])).not.toBe('late');
  expect(lb.stats().mirrored).toEqual({ sent: 1, failed: 1, skipped: 0 });
});
