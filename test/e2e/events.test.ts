import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import express from 'express';
import type { RequestRecord } from 'fairlead';
import { describe, expect, onTestFinished, test } from 'vitest';
import { balance, ended, front, nextEvent, serveApp } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { origin } from '../support/origin.js';
import { rawOrigin } from '../support/peer.js';

describe('events', () => {
  test('one request each, with what came of it, once all is counted', async () => {
    const backend = await origin((_got, response) => response.writeHead(201).end('made'));
    const { port, lb } = await front({ name: 'shop', backends: [{ id: 'a', url: backend.url }] });
    const records: RequestRecord[] = [];
    lb.on('request', (record) => {
      records.push(record);
      expect(lb.stats().requests).toMatchObject({ active: 0, total: records.length });
    });
    const over = ended(lb, 2);
    await ask(port, { method: 'POST', path: '/x?y', body: 'b' });
    await ask(port);
    await over;
    expect(records).toHaveLength(2);
    expect(records[0]).toEqual({
      at: expect.any(Number),
      httpVersion: '1.1',
      balancer: 'shop',
      method: 'POST',
      url: '/x?y',
      client: '127.0.0.1',
      backend: 'a',
      attempts: 1,
      status: 201,
      outcome: 'answered',
      responseTime: expect.any(Number),
      upstreamTime: expect.any(Number),
      bytesIn: 1,
      bytesOut: 4,
      duration: expect.any(Number),
      upgrade: false,
    });
    const [{ responseTime = -1, duration = -1 } = {}] = records;
    expect(responseTime).toBeGreaterThan(0);
    expect(duration).toBeGreaterThanOrEqual(responseTime);
  });

  test('under a mount the record has the whole target', async () => {
    const backend = await origin();
    const lb = balance({ backends: [backend.url] });
    const { port } = await serveApp(express().use('/api', lb));
    const over = nextEvent(lb, 'request');
    await ask(port, { path: '/api/x' });
    expect(await over).toMatchObject({ url: '/api/x' });
  });

  test.each(engineNames)('a failure is told in the context of its own request (%s)', async (engine) => {
    const backend = await rawOrigin((peer) => {
      peer.socket.on('data', (chunk: Buffer) => {
        if (chunk.includes('/good')) peer.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
        if (chunk.includes('/reset')) peer.socket.resetAndDestroy();
      });
    });
    const request = new AsyncLocalStorage<string | undefined>();
    const told: string[] = [];
    const tell = ({ code }: { code: string }): void => {
      told.push(`${code} ${request.getStore()}`);
    };
    const logger = { debug: tell, info: tell, warn: tell, error: tell };
    const options = { engine, logger, retry: false, breaker: false, timeouts: { headers: 200 } } as const;
    const lb = balance({ ...options, backends: [backend.url] });
    lb.on('error', ({ error }) => tell(error));
    const { port } = await serveApp((asked, response) => request.run(asked.url, () => lb(asked, response)));
    // It opens the connection that the next one uses, and sets the timer by which the others are ended.
    await ask(port, { path: '/good' });
    await ask(port, { path: '/reset', method: 'POST' });
    await Promise.all([ask(port, { path: '/one' }), ask(port, { path: '/other' })]);
    const twice = (line: string): string[] => [line, line];
    expect(told.sort()).toEqual([
      ...twice('FAIRLEAD_BACKEND_RESET /reset'),
      ...twice('FAIRLEAD_HEADERS_TIMEOUT /one'),
      ...twice('FAIRLEAD_HEADERS_TIMEOUT /other'),
    ]);
  });

  test('a listener that throws or rejects is reported, never felt', async () => {
    const backend = await origin();
    const { port, lb } = await front({ backends: [backend.url] });
    const reported: string[] = [];
    lb.on('error', ({ error }) => reported.push(String((error.cause as Error).message)));
    lb.on('request', () => {
      throw new Error('thrown');
    });
    lb.on('request', async () => {
      throw new Error('rejected');
    });
    const over = ended(lb, 2);
    expect((await ask(port)).text).toBe('ok');
    expect((await ask(port)).text).toBe('ok');
    await over;
    expect(reported.sort()).toEqual(['rejected', 'rejected', 'thrown', 'thrown']);
  });

  test('once and off', async () => {
    const backend = await origin();
    const { port, lb } = await front({ backends: [backend.url] });
    let once = 0;
    let never = 0;
    const gone = (): void => {
      never++;
    };
    lb.once('request', () => {
      once++;
    });
    lb.on('request', gone).off('request', gone);
    const over = ended(lb, 2);
    await ask(port);
    await ask(port);
    await over;
    expect([once, never]).toEqual([1, 0]);
  });

  test('setState is heard, and only when it changes anything', async () => {
    const backend = await origin();
    const { lb, port } = await front({ backends: [{ id: 'a', url: backend.url }] });
    const heard: unknown[] = [];
    lb.on('backend:state', (event) => heard.push(event));
    lb.setState('a', 'drain');
    lb.setState('a', 'drain');
    expect((await ask(port)).status).toBe(503);
    lb.setState('a', 'ready');
    expect((await ask(port)).status).toBe(200);
    expect(heard).toEqual([
      { backend: 'a', from: 'ready', to: 'drain' },
      { backend: 'a', from: 'drain', to: 'ready' },
    ]);
    expect(() => lb.setState('b', 'drain')).toThrow(/did you mean|backend/);
    expect(() => lb.setState('a', 'drian' as never)).toThrow(/drain/);
  });

  test('are on diagnostics_channel too', async () => {
    const backend = await origin();
    const { port } = await front({ name: 'channelled', backends: [backend.url] });
    const heard = new Promise((resolve) => {
      const listener = (message: unknown): void => {
        unsubscribe('fairlead:request', listener);
        resolve(message);
      };
      subscribe('fairlead:request', listener);
    });
    await ask(port);
    expect(await heard).toMatchObject({ balancer: 'channelled', status: 200 });
  });

  test('on a channel that two balancers share, each message says whose it is', () => {
    const heard: unknown[] = [];
    const listener = (message: unknown): void => void heard.push(message);
    subscribe('fairlead:backend:state', listener);
    onTestFinished(() => void unsubscribe('fairlead:backend:state', listener));
    const backends = [{ id: 'a', url: 'http://127.0.0.1:9' }];
    for (const name of ['api', 'shop']) balance({ name, backends }).setState('a', 'drain');
    expect(heard).toMatchObject([
      { balancer: 'api', backend: 'a', to: 'drain' },
      { balancer: 'shop', backend: 'a', to: 'drain' },
    ]);
  });
});

test('the middleware has a name, and no more than the three parameters by which Express knows it', async () => {
  const lb = balance({ backends: [] });
  expect(lb.name).toBe('fairlead');
  expect(lb.length).toBeLessThan(4);
});
