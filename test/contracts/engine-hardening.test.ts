import { connect as connectHttp2, createSecureServer as createHttp2Server } from 'node:http2';
import { createServer as createSecureServer } from 'node:https';
import { describe, expect, test } from 'vitest';
import { balance, front, nextEvent, serveApp } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { certificate } from '../support/fronts.js';
import { listen } from '../support/listen.js';
import { origin } from '../support/origin.js';
import { answering, type RawOrigin, rawClient, rawExchange, rawOrigin } from '../support/peer.js';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const OFFER = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n';

describe.each(engineNames)('engine %s, under fire', (engine) => {
  test('the name in a backend’s certificate is the backend’s, whatever Host the client sends', async () => {
    const names: (string | false)[] = [];
    const backend = createSecureServer(
      {
        ...certificate,
        SNICallback: (name, done) => {
          names.push(name);
          done(null);
        },
      },
      (_request, response) => response.end('ok'),
    );
    const { port: secure } = await listen(backend);
    const tls = { ca: certificate.cert };
    const { port, lb } = await front({ engine, backends: [`https://localhost:${secure}`], tls });
    for (const host of ['shop.example', 'evil.test']) {
      expect(await ask(port, { headers: { host } })).toMatchObject({ status: 200, text: 'ok' });
    }
    expect(new Set(names)).toEqual(new Set(['localhost']));
    expect(lb.stats().backends[0]?.failed).toBe(0);
  });

  test('1,500 header lines of an answer arrive whole', async () => {
    const lines = Array.from({ length: 1500 }, (_, i) => `h${i}: 1\r\n`).join('');
    const backend = await answering(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${lines}\r\nok`);
    const { port } = await front({ engine, backends: [backend.url] });
    const { text } = await rawExchange(port, GET);
    expect(text.match(/^h\d+: 1\r$/gm)).toHaveLength(1500);
  });

  test('1,100 header lines of a request are refused, and not cut off together with what frames its body', async () => {
    const backend = await origin();
    const { port } = await front({ engine, backends: [backend.url] });
    const lines = Array.from({ length: 1100 }, (_, i) => `h${i}: 1\r\n`).join('');
    const { text } = await rawExchange(port, `POST / HTTP/1.1\r\nHost: a\r\n${lines}Content-Length: 5\r\n\r\nhello`);
    expect(text).toMatch(/^HTTP\/1\.1 4(00|31) /);
    expect(backend.requests).toEqual([]);
  });

  test('an answer in a coding that was not asked for is not passed on as plain bytes', async () => {
    const backend = await answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n');
    const { port } = await front({ engine, backends: [backend.url] });
    expect((await rawExchange(port, GET)).text).toMatch(/^HTTP\/1\.1 502 /);
  });

  test('an offer of h2c is ignored, and its request answered as any other', async () => {
    const backend = await origin();
    const { port, lb } = await front({ engine, backends: [backend.url] });
    const { text } = await rawExchange(port, `GET /plain HTTP/1.1\r\nHost: a\r\n${OFFER}\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(backend.last().rawHeaders.join().toLowerCase()).not.toMatch(/h2c|http2-settings/);
    expect(lb.stats().requests.upgrades).toBe(0);
  });

  test.each(['Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n'])(
    'an upgrade with a body (%j) is refused',
    async (framing) => {
      const backend = await origin();
      const { port, lb } = await front({ engine, backends: [backend.url] });
      const head = `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${framing}\r\n`;
      expect((await rawExchange(port, `${head}hello`)).text).toMatch(/^HTTP\/1\.1 400 /);
      expect(backend.requests).toEqual([]);
      expect(lb.stats().backends[0]?.failed).toBe(0);
    },
  );

  test('an upload that middleware has paused goes on', async () => {
    const backend = await origin();
    const lb = balance({ engine, backends: [backend.url] });
    const { port } = await serveApp((request, response) => {
      request.pause();
      setImmediate(() => lb(request, response));
    });
    await ask(port, { method: 'POST', body: 'x'.repeat(100_000) });
    expect(backend.last().body).toHaveLength(100_000);
  });

  test('a POST that kills its backend is not carried to the others', async () => {
    let poisoned = 0;
    const backends: RawOrigin[] = await Promise.all(
      [0, 1, 2].map((i) =>
        rawOrigin(async (peer) => {
          await peer.until('\r\n\r\n');
          peer.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
          await peer.until('/poison');
          poisoned++;
          await backends[i]?.stop();
        }),
      ),
    );
    const { port, lb } = await front({ engine, strategy: 'round-robin', backends: backends.map(({ url }) => url) });
    for (const _ of backends) expect((await ask(port)).text).toBe('ok');
    const over = nextEvent(lb, 'request');
    expect((await ask(port, { method: 'POST', path: '/poison' })).status).toBe(502);
    expect(await over).toMatchObject({ attempts: 1, code: 'FAIRLEAD_BACKEND_RESET' });
    expect(poisoned).toBe(1);
  });

  test('trailers that say who is asking stay here', async () => {
    const backend = await origin();
    const { port } = await front({ engine, backends: [backend.url] });
    const head =
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\nConnection: close\r\n\r\n';
    await rawExchange(port, `${head}1\r\nx\r\n0\r\nX-Sum: 1\r\nX-Forwarded-For: 6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n\r\n`);
    expect(backend.last().rawTrailers).toEqual(['X-Sum', '1']);
  });
});

test('a tunnel whose backend reads nothing leaves no connection behind', async () => {
  const backend = await rawOrigin(async (peer) => {
    await peer.until('\r\n\r\n');
    peer.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    peer.socket.pause();
  });
  const { port, lb } = await front({ backends: [backend.url], timeouts: { tunnel: 100 } });
  const client = await rawClient(port);
  client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await client.until('\r\n\r\n');
  const over = nextEvent(lb, 'request');
  client.write('x'.repeat(4_000_000));
  expect(await over).toMatchObject({ status: 101 });
  // A paused socket does not notice that it was closed.
  (await backend.peer(0)).socket.resume();
  await backend.atMost(0);
});

test.each([
  ['two Locations', 'HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n'],
  ['a status HTTP/2 does not know', 'HTTP/1.1 700 Odd\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n'],
])('an answer with %s is a 502 to an HTTP/2 client, with nothing of it, and ends no process', async (_what, bytes) => {
  const backend = await answering(bytes);
  const lb = balance({ backends: [backend.url] });
  const server = createHttp2Server(certificate, lb);
  const { port } = await listen(server);
  const session = connectHttp2(`https://localhost:${port}`, { ca: certificate.cert });
  const stream = session.request({ ':path': '/' });
  const headers = await new Promise<Record<string, unknown>>((resolve) => stream.once('response', resolve));
  expect(headers[':status']).toBe(502);
  expect(headers).not.toHaveProperty('content-encoding');
  expect(headers).not.toHaveProperty('location');
  session.destroy();
});
