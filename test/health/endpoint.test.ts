import { createServer } from 'node:http';
import express from 'express';
import { healthEndpoint } from 'fairlead';
import { describe, expect, it, test } from 'vitest';
import { thrownBy } from '../core/fakes.js';
import { express4 } from '../support/balance.js';
import { ask } from '../support/client.js';
import { listen } from '../support/listen.js';

async function serving(
  options: Parameters<typeof healthEndpoint>[0],
  app = (handler: ReturnType<typeof healthEndpoint>) => express().use('/health', handler),
) {
  const endpoint = healthEndpoint(options);
  const server = createServer(app(endpoint));
  server.keepAliveTimeout = 0;
  const { port } = await listen(server);
  const get = async (path: string, method = 'GET') => {
    const { status, text, headers } = await ask(port, { path, method });
    return { status, headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  return { endpoint, get };
}

describe('a health endpoint', () => {
  test('says that it lives, that it takes traffic, and how everything is that it depends on', async () => {
    const { endpoint, get } = await serving({ checks: { db: async () => 1 }, version: '1.2.3' });
    expect(await get('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const report = {
      status: 'ok',
      state: 'ready',
      uptime: expect.any(Number),
      memory: { rss: expect.any(Number), heapUsed: expect.any(Number), heapTotal: expect.any(Number) },
      version: '1.2.3',
      checks: { db: { ok: true, ms: expect.any(Number) } },
    };
    for (const path of ['/health/deep', '/health', '/health/', '/health/deep/?x=1']) {
      const { status, body, headers } = await get(path);
      expect({ status, body }).toEqual({ status: 200, body: report });
      expect(headers['cache-control']).toBe('no-store');
    }
    expect(await endpoint.report()).toEqual(report);
  });

  test('is not ready while it starts or stops, and lives all the same', async () => {
    const { endpoint, get } = await serving({ phase: 'starting' });
    expect(await get('/health/ready')).toMatchObject({ status: 503, body: { status: 'starting' } });
    expect(await get('/health/deep')).toMatchObject({ status: 503, body: { status: 'starting', state: 'ready' } });
    endpoint.set('ready');
    expect(await get('/health/ready')).toMatchObject({ status: 200 });
    endpoint.set('stopping');
    expect(await get('/health/ready')).toMatchObject({ status: 503, body: { status: 'stopping' } });
    expect(await get('/health/deep')).toMatchObject({ status: 503, body: { status: 'stopping', state: 'drain' } });
    expect(await get('/health/live')).toMatchObject({ status: 200 });
  });

  test('fails with a check that fails or hangs, and is ready all the same', async () => {
    const checks = {
      db: () => Promise.reject(new Error('gone')),
      cache: () => new Promise(() => {}),
      disk: () => true,
    };
    const { get } = await serving({ checks, timeout: 50 });
    expect(await get('/health/deep')).toMatchObject({
      status: 503,
      body: {
        status: 'failing',
        checks: {
          db: { ok: false, error: 'gone' },
          cache: { ok: false, error: 'no result within 50 ms' },
          disk: { ok: true },
        },
      },
    });
    expect(await get('/health/ready')).toMatchObject({ status: 200 });
  });

  test('asks for what it is told to', async () => {
    const { endpoint, get } = await serving({});
    endpoint.ask({ state: 'maintenance', weight: '50%' });
    expect((await get('/health')).body).toMatchObject({ status: 'ok', state: 'maintenance', weight: '50%' });
    endpoint.ask({});
    expect((await get('/health')).body).toMatchObject({ state: 'ready' });
  });

  test('answers GET and HEAD, and leaves other paths to the app', async () => {
    const { get } = await serving({});
    expect(await get('/health/live', 'HEAD')).toMatchObject({ status: 200, body: undefined });
    expect(await get('/health/live', 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    const other = await serving({}, (handler) =>
      express().use('/health', handler, (_req, res) => void res.json({ mine: 1 })),
    );
    expect((await other.get('/health/other')).body).toEqual({ mine: 1 });
  });

  test.each([
    ['Express 4', (handler: ReturnType<typeof healthEndpoint>) => express4().use('/health', handler)],
    ['no router', (handler: ReturnType<typeof healthEndpoint>) => handler],
  ] as const)('works under %s', async (_name, app) => {
    const { get } = await serving({ checks: {} }, app as never);
    expect(await get('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect((await get('/health')).body).toMatchObject({ checks: {} });
  });

  it('tells everything that is wrong with its options', () => {
    const wrong = { checks: { db: 5 }, timeout: 0, phase: 'on', chekcs: {} } as never;
    const { code, problems } = thrownBy(() => healthEndpoint(wrong));
    expect(code).toBe('FAIRLEAD_OPTIONS');
    expect(problems.map(({ path }) => path)).toEqual(['checks.db', 'timeout', 'phase', 'chekcs']);
  });
});
