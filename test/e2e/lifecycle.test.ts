import { statsHandler } from 'fairlead';
import { describe, expect, test } from 'vitest';
import { nextEvent, serveApp, through } from '../support/balance.js';
import { ask, oneConnection } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { deadPort } from '../support/listen.js';
import { origin } from '../support/origin.js';
import { rawClient, rawOrigin } from '../support/peer.js';

const NONE = { requests: { ended: 0, cut: 0 }, streams: { ended: 0, cut: 0 }, upgrades: { ended: 0, cut: 0 } };

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

const ANY = expect.any(Number);
const NO_STATUSES = { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 };
const CONNECTED = { open: ANY, idle: ANY, opened: ANY, reused: ANY };
/** Latencies of so many answers. */
const answers = (count: number): object => ({ count, mean: ANY, p50: ANY, p95: ANY, p99: ANY, max: ANY });

describe.each(engineNames)('engine %s', (engine) => {
  const { front } = through(engine);

  describe('lb.close()', () => {
    test('lets what is in flight finish and turns away what comes after', async () => {
      const backend = await rawOrigin();
      const { port, lb } = await front({ backends: [backend.url] });
      const inFlight = ask(port);
      const peer = await backend.peer(0);
      await peer.until('\r\n\r\n');
      const report = lb.close();
      const late = await ask(port, { agent: oneConnection() });
      expect(late.status).toBe(503);
      expect(late.headers.connection).toBe('close');
      expect(late.headers['retry-after']).toBeDefined();
      peer.write(ANSWER);
      expect((await inFlight).text).toBe('ok');
      expect(await report).toEqual({ ...NONE, requests: { ended: 1, cut: 0 } });
      await backend.atMost(0);
      expect((await ask(port)).status).toBe(503);
    });

    test('lets an upload in flight finish', async () => {
      const backend = await rawOrigin();
      const { port, lb } = await front({ backends: [backend.url] });
      const client = await rawClient(port);
      client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nhalf');
      const peer = await backend.peer(0);
      await peer.until('half');
      const report = lb.close();
      client.write('half');
      await peer.until('halfhalf');
      peer.write(ANSWER);
      await client.until('ok');
      expect((await report).requests).toEqual({ ended: 1, cut: 0 });
    });

    test('cuts what is left after its timeout', async () => {
      const backend = await rawOrigin(async (peer, index) => {
        await peer.until('\r\n\r\n');
        if (index === 0) peer.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart');
      });
      const { port, lb } = await front({ backends: [backend.url] });
      const begun = await rawClient(port);
      begun.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await begun.until('part');
      const silent = ask(port);
      await (await backend.peer(1)).until('\r\n\r\n');
      expect(await lb.close({ timeout: 50 })).toEqual({
        ...NONE,
        requests: { ended: 0, cut: 1 },
        streams: { ended: 0, cut: 1 },
      });
      // Five of nine bytes are missing.
      expect((await begun.closed).text).toMatch(/Content-Length: 9\r\n(.+\r\n)*\r\npart$/i);
      expect((await silent).status).toBe(503);
      await backend.atMost(0);
      expect(lb.stats()).toMatchObject({ requests: { active: 0 }, backends: [{ failed: 0 }] });
    });

    test('is told once it is over, once, with the report', async () => {
      const backend = await rawOrigin();
      const { port, lb } = await front({ backends: [backend.url] });
      const told: unknown[] = [];
      lb.on('request', ({ status }) => told.push(status)).on('close', (report) => told.push(report));
      const silent = ask(port);
      await (await backend.peer(0)).until('\r\n\r\n');
      const reports = await Promise.all([lb.close({ timeout: 10 }), lb.close()]);
      expect(told).toEqual([503, reports[0]]);
      expect((await silent).status).toBe(503);
      await lb.close();
      expect(told).toHaveLength(2);
    });

    test('can be called twice, with nothing to do, and by await using', async () => {
      const backend = await origin();
      const { port, lb } = await front({ backends: [backend.url] });
      await ask(port);
      const [first, second] = await Promise.all([lb.close(), lb.close()]);
      expect(first).toEqual(second);
      expect(first).toEqual(NONE);
      await lb[Symbol.asyncDispose]();
      await backend.atMost(0);
    });
  });

  describe('lb.stats()', () => {
    test('counts what is under way, done, failed, retried and aborted', async () => {
      let arrived = (): void => {};
      const waits = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      const backend = await rawOrigin(async (peer) => {
        await peer.until('\r\n\r\n');
        if (peer.text.startsWith('GET /ok ')) peer.socket.end(ANSWER);
        if (peer.text.startsWith('GET /bad ')) peer.socket.destroy();
        if (peer.text.startsWith('GET /leave ')) arrived();
      });
      const dead = `http://127.0.0.1:${await deadPort()}`;
      const list = [
        { id: 'dead', url: dead },
        { id: 'live', url: backend.url, weight: 3 },
      ];
      const { port, lb } = await front({
        name: 'shop',
        strategy: { pick: ([first]) => first as never },
        retry: { on: ['connect'] },
        backends: list,
      });
      const before = Date.now();
      await ask(port, { path: '/ok' });
      await ask(port, { path: '/bad' });
      const leaving = await rawClient(port);
      const over = nextEvent(lb, 'request');
      leaving.write('GET /leave HTTP/1.1\r\nHost: a\r\n\r\n');
      await waits;
      expect(lb.stats()).toMatchObject({ requests: { active: 1, total: 3 }, backends: [{}, { active: 1 }] });
      leaving.socket.destroy();
      await over;
      const stats = lb.stats();
      expect(stats).toEqual({
        name: 'shop',
        strategy: expect.any(String),
        uptime: expect.any(Number),
        requests: {
          total: 3,
          active: 0,
          upgrades: 0,
          failed: 1,
          retried: 3,
          aborted: 1,
          perSecond: expect.any(Number),
        },
        retries: { budgetExhausted: 0, hedges: 0 },
        latency: answers(1),
        statuses: { ...NO_STATUSES, '2xx': 1, '4xx': 1, '5xx': 1 },
        bytes: { in: 0, out: expect.any(Number) },
        backends: [
          {
            id: 'dead',
            url: dead,
            state: 'ready',
            health: 'unknown',
            breaker: 'closed',
            ejections: 0,
            available: true,
            weight: 1,
            effectiveWeight: 1,
            priority: 0,
            zone: undefined,
            active: 0,
            upgrades: 0,
            total: 3,
            failed: 3,
            aborted: 0,
            retried: 3,
            perSecond: expect.any(Number),
            latency: answers(0),
            statuses: NO_STATUSES,
            bytes: { in: 0, out: 0 },
            connections: CONNECTED,
            lastUsed: expect.any(Number),
          },
          {
            id: 'live',
            url: backend.url,
            state: 'ready',
            health: 'unknown',
            breaker: 'closed',
            ejections: 0,
            available: true,
            weight: 3,
            effectiveWeight: 3,
            priority: 0,
            zone: undefined,
            active: 0,
            upgrades: 0,
            total: 3,
            failed: 1,
            aborted: 1,
            retried: 0,
            perSecond: expect.any(Number),
            latency: answers(1),
            statuses: { ...NO_STATUSES, '2xx': 1 },
            bytes: { in: 0, out: stats.bytes.out },
            connections: CONNECTED,
            lastUsed: expect.any(Number),
          },
        ],
      });
      expect(stats.backends[0]?.lastUsed).toBeGreaterThanOrEqual(before);
    });

    test('statsHandler answers with them as JSON', async () => {
      const backend = await origin();
      const { port, lb } = await front({ backends: [{ id: 'a', url: backend.url }] });
      await ask(port);
      const stats = await serveApp(statsHandler(lb));
      const answer = await ask(stats.port);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
      });
      expect(JSON.parse(answer.text)).toMatchObject({ requests: { total: 1 }, backends: [{ id: 'a', total: 1 }] });
      expect((await ask(stats.port, { method: 'HEAD' })).body).toHaveLength(0);
      expect((await ask(stats.port, { method: 'POST' })).status).toBe(405);
    });

    test('lb.backends are live views', async () => {
      const backend = await rawOrigin();
      const { port, lb } = await front({ backends: [{ id: 'a', url: backend.url }] });
      const [view] = lb.backends;
      expect(view).toMatchObject({ id: 'a', active: 0, total: 0 });
      const asked = ask(port);
      const peer = await backend.peer(0);
      await peer.until('\r\n\r\n');
      expect(view).toMatchObject({ active: 1, total: 1 });
      peer.write(ANSWER);
      await asked;
    });
  });
});
