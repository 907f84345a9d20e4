import { Writable } from 'node:stream';
import { accessLog } from 'fairlead';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { ended, front, nextEvent } from '../support/balance.js';
import { ask } from '../support/client.js';
import { origin } from '../support/origin.js';
import { rawExchange } from '../support/peer.js';
import { dial } from '../support/sockets.js';

/** A stream that keeps its lines. */
function memory(): { readonly stream: Writable; readonly lines: () => string[] } {
  let text = '';
  const write = (chunk: Buffer, _encoding: string, done: () => void): void => {
    text += chunk.toString();
    done();
  };
  return { stream: new Writable({ write }), lines: () => text.split('\n').slice(0, -1) };
}

test('a line a request as a listener of `request`: backend, attempts, times, pin and outcome', async () => {
  const backend = await origin((_got, response) => response.end('twelve bytes'));
  const refused = await origin();
  await refused.stop();
  const backends = [
    { id: 'dead', url: refused.url },
    { id: 'a', url: backend.url },
  ];
  const { port, lb } = await front({ name: 'shop', backends, strategy: 'first', sticky: true, requestId: true });
  const { stream, lines } = memory();
  lb.on('request', accessLog({ format: 'json', stream }));
  const over = ended(lb, 1);
  await ask(port, {
    path: '/x?token=s3cret',
    headers: { 'user-agent': 'test', 'x-request-id': 'r1', cookie: 'c=s3cret' },
  });
  await over;
  const [line = ''] = lines();
  expect(line).not.toContain('s3cret');
  expect(JSON.parse(line)).toEqual({
    at: expect.stringMatching(/^20\d\d-.*Z$/),
    balancer: 'shop',
    method: 'GET',
    url: '/x?token=REDACTED',
    httpVersion: '1.1',
    userAgent: 'test',
    requestId: 'r1',
    client: '127.0.0.1',
    backend: 'a',
    attempts: 2,
    status: 200,
    outcome: 'answered',
    responseTime: expect.any(Number),
    upstreamTime: expect.any(Number),
    duration: expect.any(Number),
    bytesIn: 0,
    bytesOut: 12,
    upgrade: false,
    sticky: 'none',
  });
});

test('pino, a tunnel, and a request that nobody took', async () => {
  const { stream, lines } = memory();
  const { port, lb } = await front({ backends: [] });
  accessLog({ stream: pino({}, stream) }).attach(lb);
  let over = nextEvent(lb, 'request');
  await ask(port);
  await over;
  over = nextEvent(lb, 'request');
  await expect(dial(port)).rejects.toThrow('503');
  await over;
  const [plain, upgrade] = lines().map((line) => JSON.parse(line));
  const common = {
    level: 30,
    msg: 'request',
    status: 503,
    outcome: 'failed',
    code: 'FAIRLEAD_NO_BACKEND',
    attempts: 0,
  };
  expect(plain).toMatchObject({ ...common, upgrade: false });
  expect(upgrade).toMatchObject({ ...common, upgrade: true });
});

test('hostile requests: each is one line of printable ASCII', async () => {
  const backend = await origin();
  const { port, lb } = await front({ backends: [backend.url] });
  const combined = memory();
  const json = memory();
  accessLog({ stream: combined.stream }).attach(lb);
  accessLog({ stream: json.stream, format: 'json' }).attach(lb);
  const heads = [
    'GET /"%0d%0a\\" HTTP/1.1\r\nHost: a\r\nReferer: "\t\x9b2J\xe9\r\nUser-Agent: a" "b\\',
    `GET /?${'x'.repeat(9_000)} HTTP/1.1\r\nHost: a\r\nUser-Agent: ${'y'.repeat(4_000)}`,
    'GET /1 HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.2.3.4 - - [] "GET /forged HTTP/1.1" 200',
    'OPTIONS * HTTP/1.1\r\nHost: a',
    'GET //user:word@shop/ HTTP/1.1\r\nHost: a',
  ];
  for (const head of heads) {
    const over = nextEvent(lb, 'request');
    await rawExchange(port, `${head}\r\nConnection: close\r\n\r\n`);
    await over;
  }
  expect(combined.lines()).toHaveLength(heads.length);
  for (const line of combined.lines()) {
    expect(line).toMatch(/^127\.0\.0\.1 - - \[[^\]]+\] "[A-Z]+ [ -~]+ HTTP\/1\.1" \d+ [ -~]+ code=[A-Z_-]+$/);
    expect(line.split('"')).toHaveLength(9);
    expect(line.length).toBeLessThan(3_500);
  }
  expect(json.lines()).toHaveLength(heads.length);
  for (const line of json.lines()) expect(() => JSON.parse(line)).not.toThrow();
});

test('a stream that never takes anything holds nobody up', async () => {
  const backend = await origin();
  const { port, lb } = await front({ backends: [backend.url] });
  const stream = new Writable({ write: () => {} });
  const log = accessLog({ stream, maxBuffered: 1_024 }).attach(lb);
  const over = ended(lb, 20);
  for (let i = 0; i < 20; i++) expect((await ask(port)).text).toBe('ok');
  await over;
  expect(log.dropped()).toBeGreaterThan(10);
  expect(stream.writableLength).toBeLessThan(2_048);
});

test('a stream that fails is an event, once, and no request feels it', async () => {
  const backend = await origin();
  const { port, lb } = await front({ backends: [backend.url] });
  const reported: unknown[] = [];
  lb.on('error', ({ error }) => reported.push((error.cause as Error).message));
  accessLog({ stream: new Writable({ write: (_chunk, _encoding, done) => done(new Error('disk full')) }) }).attach(lb);
  const over = ended(lb, 3);
  for (let i = 0; i < 3; i++) expect((await ask(port)).text).toBe('ok');
  await over;
  expect(reported).toEqual(['disk full']);
});
