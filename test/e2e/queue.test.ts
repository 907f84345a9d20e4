import type { LoadBalancer } from 'fairlead';
import { describe, expect, test } from 'vitest';
import { ended, through } from '../support/balance.js';
import { ask } from '../support/client.js';
import { countingOrigin } from '../support/counting.js';
import { engineNames } from '../support/engines.js';
import { deadPort } from '../support/listen.js';
import { rawClient } from '../support/peer.js';
import { closeOf, dial, socketOrigin } from '../support/sockets.js';

/** Resolves once so many requests wait. Arrivals are seen on the socket before this looks again. */
async function waiting(lb: LoadBalancer, count: number): Promise<void> {
  while (lb.stats().queue?.waiting !== count) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(engineNames)('limits.queue over %s', (engine) => {
  const { front } = through(engine);

  test('serves 200 clients at once, two at a time, without a refusal', async () => {
    const [a, b] = [await countingOrigin('a'), await countingOrigin('b')];
    const { port, lb } = await front({ backends: [a.url, b.url], limits: { maxConnections: 1, queue: { size: 200 } } });
    const answers = Array.from({ length: 200 }, (_, i) => ask(port, { path: `/${i}` }));
    await waiting(lb, 198);
    expect(lb.stats().requests).toMatchObject({ total: 200, active: 200 });
    a.answerAll();
    b.answerAll();
    const got = await Promise.all(answers);
    expect(got.every(({ status }) => status === 200)).toBe(true);
    expect([a.most(), b.most()]).toEqual([1, 1]);
    expect(lb.stats().queue).toMatchObject({ waiting: 0, queued: 198, timedOut: 0, rejected: 0, abandoned: 0 });
  });

  test('in order; a client that leaves is out of it, and was never seen by a backend', async () => {
    const origin = await countingOrigin();
    const { port, lb } = await front({ backends: [origin.url], limits: { maxConnections: 1, queue: {} } });
    const first = ask(port, { path: '/first' });
    await origin.held(1);
    const clients: Awaited<ReturnType<typeof rawClient>>[] = [];
    for (const [i, path] of ['/b', '/leaves', '/c', '/d'].entries()) {
      const client = await rawClient(port);
      client.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      clients.push(client);
      await waiting(lb, i + 1);
    }
    clients[1]?.socket.destroy();
    await waiting(lb, 3);
    origin.answerAll();
    await Promise.all([first, ...clients.map(({ closed }) => closed)]);
    expect(origin.targets).toEqual(['/first', '/b', '/c', '/d']);
    expect(lb.stats()).toMatchObject({ queue: { abandoned: 1 }, requests: { aborted: 1 } });
  });

  test('a client whose backend is lost already waits for whoever has room, in its turn', async () => {
    const [a, c] = [await countingOrigin('a'), await countingOrigin('c')];
    const limits = { maxConnections: 1, queue: { timeout: 15_000 } };
    const backends = [
      { id: 'a', url: a.url },
      { id: 'c', url: c.url },
    ];
    const asked: string[] = [];
    const onLost = (_request: unknown, { id }: { readonly id: string }): 'redistribute' => {
      asked.push(id);
      return 'redistribute';
    };
    const { port, lb } = await front({ backends, limits, strategy: 'first', sticky: { by: 'cookie', onLost } });
    lb.setState('a', 'maintenance');
    const met = ask(port);
    await c.held(1);
    c.answerAll();
    const [cookie = ''] = [(await met).headers['set-cookie']].flat();
    lb.setState('a', 'ready');
    lb.setState('c', 'maintenance');
    const first = ask(port);
    await a.held(1);
    const pinned = ask(port, { headers: { cookie: cookie.split(';', 1)[0] ?? '' } });
    await waiting(lb, 1);
    const later = ask(port);
    await waiting(lb, 2);
    a.answerAll();
    const got = await Promise.all([first, pinned, later]);
    expect(got.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(lb.stats().queue).toMatchObject({ queued: 2, timedOut: 0 });
    expect(asked).toEqual(['c']);
  });

  test('503 with retry-after when it is full, and when nobody had room in time', async () => {
    const origin = await countingOrigin();
    const limits = { maxConnections: 1, queue: { size: 1, timeout: 100 } };
    const { port, lb } = await front({ backends: [origin.url], limits });
    const codes: string[] = [];
    lb.on('error', ({ error }) => codes.push(error.code));
    const first = ask(port);
    await origin.held(1);
    const late = ask(port);
    await waiting(lb, 1);
    const refused = await ask(port, { headers: { accept: 'application/json' } });
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'FAIRLEAD_QUEUE_FULL', detail: 'The server is busy.' });
    const timedOut = await late;
    expect([timedOut.status, timedOut.headers['retry-after']]).toEqual([503, '1']);
    origin.answer();
    expect((await first).status).toBe(200);
    expect(codes).toEqual(['FAIRLEAD_QUEUE_FULL', 'FAIRLEAD_QUEUE_TIMEOUT']);
    expect(origin.targets).toHaveLength(1);
  });

  test('who counts more takes the place of who counts less', async () => {
    const origin = await countingOrigin();
    const priority = ({ url }: { url?: string | undefined }) => (url === '/health' ? 1 : 0);
    const { port, lb } = await front({
      backends: [origin.url],
      limits: { maxConnections: 1, queue: { size: 1 }, priority },
    });
    const first = ask(port, { path: '/first' });
    await origin.held(1);
    const shed = ask(port, { path: '/page' });
    await waiting(lb, 1);
    const important = ask(port, { path: '/health' });
    expect((await shed).status).toBe(503);
    origin.answerAll();
    expect([(await first).status, (await important).status]).toEqual([200, 200]);
    expect(origin.targets).toEqual(['/first', '/health']);
  });

  test('a sticky client waits for its own backend while others pass it', async () => {
    const [a, b] = [await countingOrigin('a'), await countingOrigin('b')];
    const { port, lb } = await front({
      backends: [
        { url: a.url, id: 'a' },
        { url: b.url, id: 'b' },
      ],
      strategy: 'round-robin',
      sticky: { by: 'header', name: 'x-to' },
      limits: { maxConnections: 1, queue: {} },
    });
    const held = [ask(port, { headers: { 'x-to': 'a' } }), ask(port, { headers: { 'x-to': 'b' } })];
    await Promise.all([a.held(1), b.held(1)]);
    const sticky = ask(port, { path: '/sticky', headers: { 'x-to': 'a' } });
    await waiting(lb, 1);
    const any = ask(port, { path: '/any' });
    await waiting(lb, 2);
    expect(lb.explain({ headers: { 'x-to': 'a' } })).toMatchObject({
      pinned: 'a',
      note: 'nobody who could take it has room: it would wait in the queue',
    });
    b.answerAll();
    expect((await any).headers['x-backend']).toBe('b');
    expect(lb.stats().queue?.waiting).toBe(1);
    a.answerAll();
    expect((await sticky).headers['x-backend']).toBe('a');
    await Promise.all(held);
  });

  test.each([
    ['redistribute', 200, 'b'],
    ['reject', 503, undefined],
  ] as const)('a sticky client whose queue is full: %s', async (onLost, status, by) => {
    const [a, b] = [await countingOrigin('a'), await countingOrigin('b')];
    b.answerAll();
    const { port, lb } = await front({
      backends: [
        { url: a.url, id: 'a' },
        { url: b.url, id: 'b' },
      ],
      sticky: { by: 'header', name: 'x-to', onLost },
      limits: { maxConnections: 1, queue: { size: 1 } },
    });
    const headers = { 'x-to': 'a' };
    const held = ask(port, { headers });
    await a.held(1);
    const waits = ask(port, { headers });
    await waiting(lb, 1);
    const over = await ask(port, { headers });
    expect([over.status, over.headers['x-backend']]).toEqual([status, by]);
    a.answerAll();
    expect([(await held).status, (await waits).headers['x-backend']]).toEqual([200, 'a']);
  });

  test('a backend that comes back is given to those who wait', async () => {
    const [a, b] = [await countingOrigin('a'), await countingOrigin('b')];
    const { port, lb } = await front({
      backends: [
        { url: a.url, id: 'a' },
        { url: b.url, id: 'b' },
      ],
      limits: { maxConnections: 1, queue: {} },
    });
    lb.setState('b', 'drain');
    const first = ask(port);
    await a.held(1);
    const second = ask(port);
    await waiting(lb, 1);
    b.answerAll();
    lb.setState('b', 'ready');
    expect((await second).headers['x-backend']).toBe('b');
    a.answerAll();
    await first;
  });

  test('a backend that is added is given to those who wait; when the last one leaves, nobody waits on', async () => {
    const [a, b] = [await countingOrigin('a'), await countingOrigin('b')];
    const { port, lb } = await front({
      backends: [{ url: a.url, id: 'a' }],
      limits: { maxConnections: 1, queue: {} },
    });
    const first = ask(port);
    await a.held(1);
    const [second, third] = [ask(port), ask(port)];
    await waiting(lb, 2);
    lb.add({ url: b.url, id: 'b' });
    await b.held(1);
    expect(lb.stats().queue?.waiting).toBe(1);
    const removed = [lb.remove('a'), lb.remove('b')];
    expect((await third).status).toBe(503);
    a.answerAll();
    b.answerAll();
    expect([(await first).headers['x-backend'], (await second).headers['x-backend']]).toEqual(['a', 'b']);
    await Promise.all(removed);
    expect(lb.stats().queue).toMatchObject({ waiting: 0, queued: 2, timedOut: 0 });
  });

  test('a retry waits for another backend too', async () => {
    const [dead, b] = [await deadPort(), await countingOrigin('b')];
    const { port, lb } = await front({
      backends: [
        { url: `http://127.0.0.1:${dead}`, id: 'dead' },
        { url: b.url, id: 'b', maxConnections: 1 },
      ],
      strategy: 'first',
      breaker: false,
      limits: { queue: {} },
    });
    const first = ask(port);
    await b.held(1);
    const second = ask(port);
    await waiting(lb, 1);
    b.answerAll();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    expect(b.most()).toBe(1);
  });

  test('close() empties it', async () => {
    const origin = await countingOrigin();
    const { port, lb } = await front({ backends: [origin.url], limits: { maxConnections: 1, queue: {} } });
    const first = ask(port);
    await origin.held(1);
    const second = ask(port, { headers: { accept: 'application/json' } });
    await waiting(lb, 1);
    const closed = lb.close();
    const turned = await second;
    expect([turned.status, JSON.parse(turned.text).code]).toEqual([503, 'FAIRLEAD_CLOSING']);
    origin.answerAll();
    expect((await first).status).toBe(200);
    await closed;
  });

  test('a WebSocket waits for its place, and those behind it for its end', async () => {
    const origin = await socketOrigin();
    const { port, lb } = await front({ backends: [origin.url], limits: { maxConnections: 1, queue: {} } });
    const first = await dial(port);
    const second = dial(port);
    await waiting(lb, 1);
    const plain = ask(port);
    await waiting(lb, 2);
    first.close();
    const opened = await second;
    expect(lb.stats().queue?.waiting).toBe(1);
    const [closed, over] = [closeOf(opened), ended(lb, 1)];
    opened.close();
    await Promise.all([closed, over]);
    expect((await plain).text).toBe('plain');
  });

  test('the total timeout counts the wait', async () => {
    const origin = await socketOrigin();
    const { port, lb } = await front({
      backends: [{ url: origin.url, maxConnections: 1 }],
      limits: { queue: {} },
      timeouts: { total: 200 },
    });
    // A tunnel has no total timeout: it keeps the place.
    await dial(port);
    expect((await ask(port)).status).toBe(504);
    expect(lb.stats().queue).toMatchObject({ waiting: 0, queued: 1, timedOut: 1 });
  });
});
