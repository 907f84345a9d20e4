import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:http2';
import { request } from 'node:https';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { balance, ended, nextEvent } from '../support/balance.js';
import { engineNames } from '../support/engines.js';
import { certificate } from '../support/fronts.js';
import { answerOf, askHttp2, http2Client, serveHttp2 } from '../support/http2.js';
import { deadPort } from '../support/listen.js';
import { origin, readBody, values } from '../support/origin.js';
import { answering, rawOrigin } from '../support/peer.js';
import { closeOf, nextMessage, socketOrigin } from '../support/sockets.js';
import { warnings } from '../support/warnings.js';

describe.each(engineNames)('an HTTP/2 client, engine %s', (engine) => {
  test('gets its answer from a backend that is asked in HTTP/1.1', async () => {
    const backend = await origin((_got, response) => response.writeHead(201, 'Made', { 'X-Made': 'yes' }).end('ok'));
    const { port } = await serveHttp2(balance({ engine, backends: [backend.url] }));
    const warned = warnings();
    const client = await http2Client(port);
    const answer = await askHttp2(client, { ':path': '//a/%2f;b?c=d', ':authority': 'shop.example', 'x-mine': '1' });
    expect(answer).toMatchObject({ status: 201, text: 'ok', headers: { 'x-made': 'yes' } });
    const { target, version, method, rawHeaders } = backend.last();
    expect([method, target, version]).toEqual(['GET', '//a/%2f;b?c=d', '1.1']);
    for (const [name, value] of Object.entries({
      host: 'shop.example',
      'x-mine': '1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'shop.example',
      'x-forwarded-port': '443',
      via: '2.0 fairlead',
    })) {
      expect([name, values(rawHeaders, name)]).toEqual([name, [value]]);
    }
    expect(rawHeaders.filter((text) => text.startsWith(':'))).toEqual([]);
    // Node warns of each word that HTTP/2 does not have.
    expect(warned).toEqual([]);
  });

  test('gets the interim answers in front of it', async () => {
    const interim = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\nX-A: 1\r\nKeep-Alive: timeout=5\r\n\r\n';
    const backend = await answering(`${interim}${interim}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`);
    const { port } = await serveHttp2(balance({ engine, backends: [backend.url] }));
    const client = await http2Client(port);
    const stream = client.request({ ':path': '/' });
    const told: object[] = [];
    stream.on('headers', (headers) => told.push(Object.fromEntries(Object.entries(headers))));
    expect(await answerOf(stream)).toMatchObject({ status: 200, text: 'ok' });
    const hints = { ':status': 103, link: '</a>, </b>', 'x-a': '1' };
    expect(told).toEqual([hints, hints]);
  });

  test.each(['with', 'without'])('sends a body %s a length, and trailers, and gets the like', async (length) => {
    const backend = await origin((got, response) => {
      response.setHeader('Trailer', 'X-Sum');
      response.write(got.body);
      response.addTrailers({ 'X-Sum': String(got.body.length) });
      response.end();
    });
    const { port } = await serveHttp2(balance({ engine, backends: [backend.url] }));
    const client = await http2Client(port);
    const body = randomBytes(3 << 20);
    const framing = length === 'with' ? { 'content-length': body.length } : { trailer: 'x-seen' };
    const trailers = length === 'with' ? {} : { trailers: { 'x-seen': 'all', 'x-forwarded-for': '6.6.6.6' } };
    const answer = await askHttp2(client, { ':method': 'POST', te: 'trailers', ...framing }, { body, ...trailers });
    expect(answer.status).toBe(200);
    expect(answer.body.equals(body)).toBe(true);
    expect(answer.trailers).toMatchObject({ 'x-sum': String(body.length) });
    const { body: got, rawHeaders, rawTrailers } = backend.last();
    expect(got.equals(body)).toBe(true);
    expect(values(rawHeaders, 'te')).toEqual(['trailers']);
    expect(values(rawHeaders, 'content-length')).toEqual(length === 'with' ? [String(body.length)] : []);
    expect(rawTrailers).toEqual(length === 'with' ? [] : ['x-seen', 'all']);
  });

  test.each([
    ['HEAD', 200, 'Content-Length: 12\r\n'],
    ['GET', 204, ''],
    ['GET', 304, 'ETag: "x"\r\n'],
  ])('a %s that is answered with %i has no body', async (method, status, line) => {
    const backend = await answering(`HTTP/1.1 ${status} OK\r\n${line}\r\n`);
    const { port } = await serveHttp2(balance({ engine, backends: [backend.url] }));
    const answer = await askHttp2(await http2Client(port), { ':method': method });
    expect(answer).toMatchObject({ status, text: '' });
    expect(answer.headers['content-length']).toBe(method === 'HEAD' ? '12' : undefined);
  });

  test('that waits for 100 Continue is told to go on', async () => {
    const backend = await origin((got, response) => response.end(got.body));
    const { port } = await serveHttp2(balance({ engine, backends: [backend.url] }));
    const client = await http2Client(port);
    const stream = client.request({ ':method': 'POST', expect: '100-continue' });
    const answer = answerOf(stream);
    await once(stream, 'continue');
    stream.end('here it is');
    expect(await answer).toMatchObject({ status: 200, text: 'here it is' });
    expect(values(backend.last().rawHeaders, 'expect')).toEqual([]);
  });

  test('each cookie that is set has a line of its own', async () => {
    const backend = await origin((_got, response) => response.setHeader('set-cookie', ['a=1; Path=/', 'b=2']).end());
    const { port } = await serveHttp2(balance({ engine, sticky: true, backends: [backend.url] }));
    const { headers, names } = await askHttp2(await http2Client(port));
    expect(names.filter((name) => name === 'set-cookie')).toHaveLength(3);
    const [a, b, ours] = headers['set-cookie'] ?? [];
    expect([a, b]).toEqual(['a=1; Path=/', 'b=2']);
    expect(ours).toMatch(/^fairlead\.default=[\w-]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  });

  test('cookies that it sends apart reach the backend as one, without ours, which still counts', async () => {
    const backends = [await origin(), await origin()];
    const lb = balance({ engine, sticky: true, strategy: 'round-robin', backends: backends.map(({ url }) => url) });
    const client = await http2Client((await serveHttp2(lb)).port);
    const { headers } = await askHttp2(client);
    const pin = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    for (let i = 0; i < 3; i++) await askHttp2(client, { cookie: ['a=1', pin, 'b=2'] });
    expect(lb.stats()).toMatchObject({ sticky: { hits: 3 }, backends: [{ total: 4 }, { total: 0 }] });
    expect(values(backends[0]?.last().rawHeaders ?? [], 'cookie')).toEqual(['a=1; b=2']);
  });

  test("no header of the backend's connection reaches it", async () => {
    const backend = await answering(
      'HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Named\r\nX-Named: 1\r\nKeep-Alive: timeout=5\r\n' +
        'Proxy-Connection: keep-alive\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\nX-Kept: 1\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    );
    const { port } = await serveHttp2(balance({ engine, backends: [backend.url] }));
    const warned = warnings();
    const { names, text } = await askHttp2(await http2Client(port));
    expect(text).toBe('ok');
    expect(names.toSorted()).toEqual([':status', 'date', 'x-kept']);
    expect(warned).toEqual([]);
  });

  test('our own errors have none either', async () => {
    const lb = balance({ engine, backends: [`http://127.0.0.1:${await deadPort()}`] });
    const client = await http2Client((await serveHttp2(lb)).port);
    const warned = warnings();
    const refused = await askHttp2(client);
    expect(refused).toMatchObject({ status: 502, headers: { 'proxy-status': expect.stringContaining('fairlead') } });
    await lb.close();
    const closing = await askHttp2(client, { accept: 'application/json' });
    expect(closing).toMatchObject({ status: 503, headers: { 'content-type': 'application/problem+json' } });
    expect([...refused.names, ...closing.names]).not.toContain('connection');
    expect(warned).toEqual([]);
  });

  test.each(['before the answer', 'in the middle of it', 'in the middle of its body'])(
    'that resets its stream %s frees the backend, and its other streams go on',
    async (when) => {
      const backend = await rawOrigin(async (peer) => {
        await peer.until('\r\n\r\n');
        if (when === 'in the middle of it') peer.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\npart');
      });
      const stays = await origin();
      const lb = balance({ engine, strategy: 'round-robin', backends: [backend.url, stays.url] });
      const client = await http2Client((await serveHttp2(lb)).port);
      const upload = when === 'in the middle of its body';
      const stream = client.request({ ':method': upload ? 'POST' : 'GET' }, { endStream: !upload });
      const answer = answerOf(stream);
      if (upload) stream.write('part');
      await (await backend.peer(0)).until(upload ? 'part' : '\r\n\r\n');
      if (when === 'in the middle of it') await once(stream, 'data');
      const over = nextEvent(lb, 'request');
      stream.close(constants.NGHTTP2_CANCEL);
      await expect(answer).rejects.toThrow('code 8');
      expect(await over).toMatchObject({ outcome: 'aborted' });
      await (await backend.peer(0)).closed;
      expect(await askHttp2(client)).toMatchObject({ status: 200, text: 'ok' });
      expect(lb.stats()).toMatchObject({ requests: { active: 0, failed: 0, aborted: 1 } });
    },
  );

  test.each([
    ['short of its length', 'Content-Length: 99\r\n\r\npart', 'end'],
    ['before its last chunk', 'Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n', 'end'],
    ['by a reset', '\r\npart', 'resetAndDestroy'],
  ] as const)('sees an error where an answer breaks off %s', async (_how, rest, leave) => {
    const backend = await answering(`HTTP/1.1 200 OK\r\n${rest}`);
    const lb = balance({ engine, backends: [backend.url] });
    const client = await http2Client((await serveHttp2(lb)).port);
    const over = nextEvent(lb, 'request');
    const stream = client.request();
    const answer = answerOf(stream);
    // Not before: Node reads a reset that comes together with data as an end.
    await once(stream, 'data');
    (await backend.peer(0)).socket[leave]();
    await expect(answer).rejects.toThrow(/INTERNAL_ERROR/);
    expect(await over).toMatchObject({ outcome: 'failed', code: 'FAIRLEAD_RESPONSE_BODY' });
    expect(client.destroyed).toBe(false);
    expect(lb.stats().requests.active).toBe(0);
  });

  test('200 streams on one connection do not mix', async () => {
    const backend = await origin((got, response) => response.end(`${got.target} ${got.body}`));
    const lb = balance({ engine, backends: [backend.url] });
    const client = await http2Client((await serveHttp2(lb)).port);
    const bodies = Array.from({ length: 200 }, (_, i) => `${i} `.repeat(1000));
    const answers = await Promise.all(
      bodies.map((body, i) => askHttp2(client, { ':method': 'PUT', ':path': `/${i}` }, { body })),
    );
    expect(answers.map(({ text }) => text)).toEqual(bodies.map((body, i) => `/${i} ${body}`));
    expect(lb.stats().requests).toMatchObject({ total: 200, active: 0, failed: 0 });
  });

  test('that goes away with all its streams leaves nothing behind', async () => {
    const backend = await rawOrigin();
    const lb = balance({ engine, backends: [backend.url] });
    const served = await serveHttp2(lb);
    const client = await http2Client(served.port);
    const answers = Array.from({ length: 20 }, () => askHttp2(client));
    const rejected = Promise.allSettled(answers);
    for (let i = 0; i < 20; i++) await (await backend.peer(i)).until('\r\n\r\n');
    const over = ended(lb, 20);
    client.destroy();
    await rejected;
    await over;
    for (let i = 0; i < 20; i++) await (await backend.peer(i)).closed;
    await served.atMost(0);
    expect(lb.stats().requests).toMatchObject({ active: 0, aborted: 20, failed: 0 });
  });
});

describe('an HTTP/1.1 client of the same server', () => {
  test('is served in its own protocol', async () => {
    const backend = await origin();
    const { port } = await serveHttp2(balance({ backends: [backend.url] }));
    const options = { host: 'localhost', port, ca: certificate.cert, ALPNProtocols: ['http/1.1'], agent: false };
    const [answer] = await once(request(options).end(), 'response');
    expect(answer).toMatchObject({ statusCode: 200, httpVersion: '1.1' });
    expect((await readBody(answer)).toString()).toBe('ok');
    const { rawHeaders } = backend.last();
    expect(values(rawHeaders, 'x-forwarded-proto')).toEqual(['https']);
    expect(values(rawHeaders, 'via')).toEqual(['1.1 fairlead']);
  });

  test('opens a WebSocket, beside HTTP/2 connections', async () => {
    const backend = await socketOrigin();
    const lb = balance({ sticky: true, backends: [backend.url] });
    const { port } = await serveHttp2(lb);
    const client = await http2Client(port);
    const socket = new WebSocket(`wss://localhost:${port}/live?a`, { ca: certificate.cert });
    await once(socket, 'open');
    const echo = nextMessage(socket);
    socket.send('ahoy');
    expect((await echo).data.toString()).toBe('ahoy');
    expect((await askHttp2(client)).text).toBe('plain');
    expect(lb.stats().requests).toMatchObject({ active: 1, upgrades: 1 });
    const [handshake] = backend.handshakes;
    expect(handshake?.url).toBe('/live?a');
    expect(handshake?.headers).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-port': String(port) });
    const [over, closed] = [nextEvent(lb, 'request'), closeOf(await backend.socket(0))];
    socket.close(4000, 'enough');
    expect(await closed).toEqual({ code: 4000, reason: 'enough' });
    await over;
    expect(lb.stats().requests).toMatchObject({ active: 0, upgrades: 0, failed: 0 });
  });
});
