import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { through } from '../support/balance.js';
import { ask } from '../support/client.js';
import { countingOrigin } from '../support/counting.js';
import { engineNames } from '../support/engines.js';
import { certificate } from '../support/fronts.js';
import { listen } from '../support/listen.js';
import { handlerOrigin, origin, readBody, values } from '../support/origin.js';
import { dial, nextMessage, socketOrigin } from '../support/sockets.js';
import { until } from '../support/until.js';

const NOTHING_ELSE = { failed: 0, skipped: 0 };

describe.each(engineNames)('mirror over %s', (engine) => {
  const { front } = through(engine);

  test('with coalesce: a copy an exchange, however many share it', async () => {
    const [backend, shadow] = [await countingOrigin(), await origin()];
    const { port, lb } = await front({ backends: [backend.url], coalesce: true, mirror: { to: shadow.url } });
    const answers = Array.from({ length: 5 }, () => ask(port, { path: '/same' }));
    await until(() => lb.stats().requests.active === 5);
    backend.answerAll();
    expect((await Promise.all(answers)).map(({ text }) => text)).toEqual(Array(5).fill('ok'));
    await ask(port, { path: '/other' });
    await until(() => shadow.requests.length === 2);
    expect(shadow.requests.map(({ target }) => target)).toEqual(['/same', '/other']);
    expect(lb.stats()).toMatchObject({ mirrored: { sent: 2, ...NOTHING_ELSE }, requests: { total: 6, coalesced: 4 } });
  });

  test('with hedge: a copy a request, whichever attempt answers', async () => {
    const [slow, fast, shadow] = [await handlerOrigin(() => {}), await origin(), await origin()];
    const { port, lb } = await front({
      backends: [slow.url, fast.url],
      strategy: 'first',
      hedge: { after: 20 },
      mirror: { to: shadow.url },
    });
    for (let i = 0; i < 3; i++) expect((await ask(port, { path: `/${i}` })).status).toBe(200);
    await until(() => shadow.requests.length === 3);
    expect(shadow.requests.map(({ target }) => target)).toEqual(['/0', '/1', '/2']);
    expect(lb.stats()).toMatchObject({ retries: { hedges: 3 }, mirrored: { sent: 3, ...NOTHING_ELSE } });
  });

  test('upgrades are never copied', async () => {
    const [backend, shadow] = [await socketOrigin(), await socketOrigin()];
    const { port, lb } = await front({ backends: [backend.url], mirror: { to: shadow.url } });
    const socket = await dial(port);
    const echo = nextMessage(socket);
    socket.send('ahoy');
    expect((await echo).data.toString()).toBe('ahoy');
    // What comes after it is.
    expect((await ask(port)).text).toBe('plain');
    await until(() => shadow.accepted() === 1);
    expect([backend.handshakes.length, shadow.handshakes.length]).toEqual([1, 0]);
    expect(lb.stats().mirrored).toEqual({ sent: 1, ...NOTHING_ELSE });
  });

  test.each([
    ['of a known length', false],
    ['in chunks', true],
  ])('a packed body %s is copied as it is', async (_how, chunked) => {
    const [backend, shadow] = [await origin(), await origin()];
    const { port } = await front({ backends: [backend.url], mirror: { to: shadow.url } });
    const packed = gzipSync('a long text'.repeat(50));
    const framing = chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': packed.length };
    const headers = { 'content-encoding': 'gzip', 'content-type': 'text/plain', ...framing };
    const request = httpRequest({ host: '127.0.0.1', port, method: 'POST', headers, agent: false });
    request.write(packed.subarray(0, 20));
    const [answer] = await once(request.end(packed.subarray(20)), 'response');
    await readBody(answer);
    await until(() => shadow.requests.length === 1);
    for (const { body, rawHeaders } of [backend.last(), shadow.last()]) {
      expect(body.equals(packed)).toBe(true);
      expect(values(rawHeaders, 'content-encoding')).toEqual(['gzip']);
    }
    const { rawHeaders } = shadow.last();
    expect([values(rawHeaders, 'content-length'), values(rawHeaders, 'transfer-encoding')]).toEqual([
      [String(packed.length)],
      [],
    ]);
  });

  test.each<[string, (serve: RequestListener) => Promise<string>]>([
    ['a Unix socket', (serve) => onUnixSocket(createServer(serve))],
    [
      'https:',
      async (serve) => {
        const { port } = await listen(createSecureServer(certificate, serve));
        return `https://localhost:${port}`;
      },
    ],
  ])('a shadow behind %s gets copies', async (_what, start) => {
    const got: string[] = [];
    const to = await start(async (request, response) => {
      got.push(`${request.method} ${request.url} ${await readBody(request)}`);
      response.end();
    });
    const backend = await origin();
    const { port, lb } = await front({ backends: [backend.url], tls: { ca: certificate.cert }, mirror: { to } });
    for (const path of ['/a', '/b']) {
      expect((await ask(port, { path })).status).toBe(200);
      await until(() => got.at(-1) === `GET ${path} `);
    }
    expect(got).toEqual(['GET /a ', 'GET /b ']);
    expect(lb.stats().mirrored).toEqual({ sent: 2, ...NOTHING_ELSE });
  });
});

/** The URL of a server on a socket in a folder of its own. */
async function onUnixSocket(server: Server): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-'));
  const path = join(folder, 'shadow.sock');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });
  return `unix:${path}`;
}
