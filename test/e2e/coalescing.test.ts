import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { LoadBalancer, RequestRecord } from 'fairlead';
import { describe, expect, onTestFinished, test } from 'vitest';
import { through } from '../support/balance.js';
import { type Asked, ask } from '../support/client.js';
import { countingOrigin } from '../support/counting.js';
import { engineNames } from '../support/engines.js';
import { listen } from '../support/listen.js';
import { origin, values } from '../support/origin.js';
import { until } from '../support/until.js';

/** A client whose answer is read when the test says so. */
async function open(port: number, { path = '/', headers = {} }: Asked = {}) {
  const request = httpRequest({ host: '127.0.0.1', port, path, headers: { ...headers }, agent: false });
  onTestFinished(() => {
    request.destroy();
  });
  request.on('error', () => {});
  const answer = once(request, 'response').then(([incoming]) => incoming as IncomingMessage);
  answer.catch(() => {});
  await new Promise<void>((resolve) => request.end(resolve));
  return { request, answer };
}

async function sizeOf(incoming: IncomingMessage): Promise<number> {
  let size = 0;
  for await (const chunk of incoming) size += (chunk as Buffer).length;
  return size;
}

/** So many requests are with the balancer. */
const waiting = (lb: LoadBalancer, count: number) => until(() => lb.stats().requests.active === count);

/** So many requests have ended since it was made. */
const over = (lb: LoadBalancer, count: number) =>
  until(() => lb.stats().requests.total - lb.stats().requests.active >= count);

describe.each(engineNames)('coalesce over %s', (engine) => {
  const { front } = through(engine);

  test('a hundred at once are one request to a backend, and each gets the whole answer', async () => {
    const backend = await countingOrigin('a');
    const { port, lb } = await front({ backends: [backend.url], coalesce: true });
    const records: RequestRecord[] = [];
    lb.on('request', (record) => records.push(record));
    const answers = Array.from({ length: 100 }, () => ask(port, { path: '/same?x=1' }));
    await waiting(lb, 100);
    expect(backend.targets).toEqual(['/same?x=1']);
    expect(lb.stats().requests).toMatchObject({ total: 100, active: 100 });
    expect(lb.stats().backends[0]).toMatchObject({ active: 1, total: 1 });
    backend.answerAll();
    const got = await Promise.all(answers);
    expect(new Set(got.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(got[0]?.status).toBe(200);
    await over(lb, 100);
    expect(lb.stats().requests).toMatchObject({ total: 100, active: 0, coalesced: 99, failed: 0, aborted: 0 });
    expect(records.filter(({ coalesced }) => coalesced === true)).toHaveLength(99);
    expect(records.map(({ attempts }) => attempts).sort()).toEqual([...Array(99).fill(0), 1]);
    // What comes later is asked for anew.
    await ask(port, { path: '/same?x=1' });
    expect(backend.targets).toHaveLength(2);
  });

  test.each<[string, Asked, Asked]>([
    ['Cookie', { headers: { cookie: 'a=1' } }, { headers: { cookie: 'a=2' } }],
    ['Authorization', { headers: { authorization: 'Bearer x' } }, {}],
    ['Host', { headers: { host: 'a.example' } }, { headers: { host: 'b.example' } }],
    ['the query', { path: '/?a' }, { path: '/?b' }],
    ['Range', { headers: { range: 'bytes=0-1' } }, {}],
    ['If-None-Match', { headers: { 'if-none-match': '"x"' } }, {}],
    ['Accept-Encoding', { headers: { 'accept-encoding': 'gzip' } }, {}],
    ['the method', { method: 'HEAD' }, { method: 'GET' }],
    ['a method that changes something', { method: 'POST' }, { method: 'POST' }],
    [
      'a wish for a fresh answer',
      { headers: { 'cache-control': 'no-cache' } },
      { headers: { 'cache-control': 'no-cache' } },
    ],
    [
      'a method in disguise',
      { headers: { 'x-http-method-override': 'DELETE' } },
      { headers: { 'x-http-method-override': 'DELETE' } },
    ],
    ['a body', { body: 'x', headers: { 'content-length': '1' } }, { body: 'x', headers: { 'content-length': '1' } }],
  ])('%s keeps requests apart', async (_what, one, other) => {
    const backend = await countingOrigin('a');
    const { port } = await front({ backends: [backend.url], coalesce: true });
    const answers = [ask(port, one), ask(port, other)];
    await backend.held(2);
    backend.answerAll();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
  });

  test.each<[string, Record<string, string>, number]>([
    ['Vary', { vary: 'X-Lang' }, 2],
    ['Vary: *', { vary: '*' }, 4],
    ['Vary by what we write', { vary: 'X-Forwarded-For' }, 4],
    ['Set-Cookie', { 'set-cookie': 'a=1' }, 4],
    ['private', { 'cache-control': 'private, max-age=9' }, 4],
    ['no-store', { 'cache-control': 'no-store' }, 4],
    ['nothing', {}, 1],
  ])('an answer with %s goes to those it fits', async (_what, headers, first) => {
    const backend = await origin(async (_request, response) => {
      if (backend.requests.length === 1) await waiting(lb, 4);
      const lang = values(backend.last().rawHeaders, 'x-lang')[0];
      response.writeHead(200, headers).end(lang);
    });
    const { port, lb } = await front({ backends: [backend.url], coalesce: true });
    const langs = ['de', 'de', 'en', 'de'];
    const leader = ask(port, { headers: { 'x-lang': 'de' } });
    await waiting(lb, 1);
    const others = langs.slice(1).map((lang) => ask(port, { headers: { 'x-lang': lang } }));
    const got = await Promise.all([leader, ...others]);
    expect(backend.requests).toHaveLength(first);
    if (first > 1) expect(got.map(({ text }) => text)).toEqual(['de', 'de', 'en', 'de']);
  });

  test('the first client leaves, and the others get their answer; all leave, and it ends', async () => {
    const backend = await countingOrigin('a');
    const { port, lb } = await front({ backends: [backend.url], coalesce: true });
    const leader = await open(port);
    await backend.held(1);
    const follower = await open(port);
    await waiting(lb, 2);
    leader.request.destroy();
    await over(lb, 1);
    backend.answer();
    expect((await follower.answer).statusCode).toBe(200);
    expect(await sizeOf(await follower.answer)).toBeGreaterThan(0);
    await over(lb, 2);
    expect(backend.targets).toHaveLength(1);
    const two = [await open(port), await open(port)];
    await waiting(lb, 2);
    for (const { request } of two) request.destroy();
    await over(lb, 4);
    expect(lb.stats().requests).toMatchObject({ active: 0, aborted: 3 });
    expect(lb.stats().backends[0]).toMatchObject({ active: 0, aborted: 1 });
  });

  test('a slow client holds up nobody and no memory: it is cut off once it is too far behind', async () => {
    const pieces = Array.from({ length: 40 }, () => Buffer.alloc(1_048_576, 'x'));
    const size = 40 * 1_048_576;
    const backend = await origin(async (_request, response) => {
      await waiting(lb, 2);
      // Without a length nobody knows beforehand that it is too long to be shared with one who is slow.
      Readable.from(pieces).pipe(response);
    });
    const { port, lb } = await front({ backends: [backend.url], coalesce: { maxBytes: 16 * 1_048_576 } });
    const slow = await open(port);
    // One alone: of several none may be as fast as the fastest.
    const fast = await open(port);
    const incoming = await slow.answer;
    incoming.pause();
    expect(await sizeOf(await fast.answer)).toBe(size);
    await over(lb, 2);
    await expect(sizeOf(incoming)).rejects.toThrow();
    expect(backend.requests).toHaveLength(1);
    expect(lb.stats().requests).toMatchObject({ active: 0, aborted: 1, failed: 0 });
  });

  test('clients of about one pace stay together, however long it is and whoever does not read at all', async () => {
    const pieces = Array.from({ length: 24 }, () => Buffer.alloc(1_048_576, 'x'));
    const backend = await origin(async (_request, response) => {
      await waiting(lb, 4);
      Readable.from(pieces).pipe(response);
    });
    const { port, lb } = await front({ backends: [backend.url], coalesce: true });
    const clients = await Promise.all(Array.from({ length: 4 }, () => open(port)));
    // Of the others one begins to read somewhat later.
    const [, late, ...others] = await Promise.all(clients.map(({ answer }) => answer));
    const begun = delay(150).then(() => sizeOf(late as IncomingMessage));
    expect(await Promise.all([begun, ...others.map(sizeOf)])).toEqual(Array(3).fill(24 * 1_048_576));
    await over(lb, 4);
    expect(backend.requests).toHaveLength(1);
    expect(lb.stats().requests).toMatchObject({ active: 0, aborted: 1, failed: 0 });
  });

  test('an answer that says it is longer than a client may be behind is not shared: nobody is cut off', async () => {
    const size = 2 * 1_048_576;
    const backend = await origin(async (_request, response) => {
      if (backend.requests.length === 1) await waiting(lb, 2);
      response.setHeader('content-length', size).end(Buffer.alloc(size, 'x'));
    });
    const { port, lb } = await front({ backends: [backend.url], coalesce: { maxBytes: 1_048_576 } });
    const slow = await open(port);
    const fast = await open(port);
    const incoming = await slow.answer;
    incoming.pause();
    expect(await sizeOf(await fast.answer)).toBe(size);
    incoming.resume();
    expect(await sizeOf(incoming)).toBe(size);
    expect(backend.requests).toHaveLength(2);
  });

  test('a backend that breaks off breaks off for all', async () => {
    const backend = await origin(async (_request, response) => {
      await waiting(lb, 3);
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setImmediate(() => response.destroy());
    });
    const { port, lb } = await front({ backends: [backend.url], coalesce: true });
    const results = await Promise.allSettled([ask(port), ask(port), ask(port)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await over(lb, 3);
    expect(lb.stats().requests).toMatchObject({ failed: 3, active: 0 });
    expect(lb.stats().backends[0]).toMatchObject({ failed: 1, active: 0 });
  });

  test('a failure before the answer is everyone’s, after the retries of one', async () => {
    let count = 0;
    const server = createServer(async (request) => {
      count++;
      await waiting(lb, 3);
      request.socket.destroy();
    });
    const { url } = await listen(server);
    const { port, lb } = await front({ backends: [url], coalesce: true, retry: { attempts: 1 } });
    const got = await Promise.all([ask(port), ask(port), ask(port)]);
    expect(got.map(({ status }) => status)).toEqual([502, 502, 502]);
    // undici sends each attempt twice where the connection may have been stale; three clients by themselves: 6 and 12.
    expect(count).toBeLessThanOrEqual(4);
  });

  test('each client has its own pin, request id and version', async () => {
    const backend = await origin(async (_request, response) => {
      await waiting(lb, 3);
      response.write('bo');
      response.end('dy');
    });
    const { port, lb } = await front({ backends: [backend.url], coalesce: true, sticky: true, requestId: true });
    const old = connect(port, '127.0.0.1');
    onTestFinished(() => {
      old.destroy();
    });
    old.write(`GET / HTTP/1.0\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    const text = (async () => {
      let all = '';
      for await (const chunk of old) all += String(chunk);
      return all;
    })();
    const [one, two] = await Promise.all([
      ask(port, { headers: { 'x-request-id': 'one' } }),
      ask(port, { headers: { 'x-request-id': 'two' } }),
    ]);
    expect([one.headers['x-request-id'], two.headers['x-request-id']]).toEqual(['one', 'two']);
    for (const { headers, text: body } of [one, two]) {
      expect(headers['set-cookie']?.[0]).toMatch(/^fairlead\.default=/);
      expect(headers['cache-control']).toBe('private');
      expect(body).toBe('body');
    }
    expect(await text).toMatch(/\r\n\r\nbody$/);
    expect(backend.requests).toHaveLength(1);
    expect(lb.stats().sticky).toMatchObject({ assigned: 3 });
  });

  test('who tells what is the same is believed, and a key that throws harms nobody', async () => {
    const backend = await countingOrigin('a');
    const key = (request: IncomingMessage): string => {
      if (request.url === '/throws') throw new Error('bug');
      return request.url === '/alone' ? '' : 'one';
    };
    const { port, lb } = await front({ backends: [backend.url], coalesce: { key } });
    const cookies = ['a', 'b'].map((cookie) => ask(port, { path: `/${cookie}`, headers: { cookie } }));
    await waiting(lb, 2);
    const apart = ['/alone', '/alone', '/throws', '/throws'].map((path) => ask(port, { path }));
    await backend.held(5);
    backend.answerAll();
    expect((await Promise.all([...cookies, ...apart])).map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(backend.targets).toHaveLength(5);
  });

  test('closing waits for those who share', async () => {
    const backend = await countingOrigin('a');
    const { port, lb } = await front({ backends: [backend.url], coalesce: true });
    const answers = [ask(port), ask(port), ask(port)];
    await waiting(lb, 3);
    const closed = lb.close({ timeout: 60_000 });
    backend.answerAll();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200]);
    await closed;
  });
});
