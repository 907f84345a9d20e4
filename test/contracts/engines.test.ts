import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { front, nextEvent } from '../support/balance.js';
import { ask, oneConnection } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { handlerOrigin, origin, readBody, values } from '../support/origin.js';
import { answering, rawClient, rawExchange, rawOrigin } from '../support/peer.js';

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe.each(engineNames)('engine %s: messages', (engine) => {
  test('many requests in turn use one connection', async () => {
    const backend = await origin();
    const { port } = await front({ engine, backends: [backend.url] });
    for (let i = 0; i < 20; i++) expect((await ask(port, { path: `/${i}` })).text).toBe('ok');
    expect(backend.requests).toHaveLength(20);
    expect(backend.accepted()).toBe(1);
    expect(values(backend.last().rawHeaders, 'connection')).toEqual(['keep-alive']);
  });

  test('requests at once do not mix', async () => {
    const backend = await origin((request, response) => response.end(`${request.target} ${request.body}`));
    const { port } = await front({ engine, backends: [backend.url] });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => ask(port, { method: 'POST', path: `/${i}`, body: `body ${i}` })),
    );
    expect(answers.map((answer) => answer.text)).toEqual(answers.map((_, i) => `/${i} body ${i}`));
  });

  test.each(['content-length', 'chunked'])('1 MB both ways arrives as it was (%s)', async (framing) => {
    const up = randomBytes(1 << 20);
    const down = randomBytes(1 << 20);
    const sized = framing === 'content-length';
    const backend = await origin((_request, response) => {
      if (sized) response.setHeader('content-length', down.length);
      for (let at = 0; at < down.length; at += 50_000) response.write(down.subarray(at, at + 50_000));
      response.end();
    });
    const { port } = await front({ engine, backends: [backend.url] });
    const headers = sized ? { 'content-length': up.length } : { 'transfer-encoding': 'chunked' };
    const answer = await ask(port, { method: 'PUT', body: up, headers });
    expect(sha(backend.last().body)).toBe(sha(up));
    expect(sha(answer.body)).toBe(sha(down));
    expect(values(backend.last().rawHeaders, framing === 'chunked' ? 'transfer-encoding' : framing)).toHaveLength(1);
    expect(answer.headers['content-length']).toBe(sized ? String(down.length) : undefined);
  });

  test.each([
    ['HEAD', '200 OK', 'Content-Length: 1234\r\n', ['1234']],
    ['HEAD', '200 OK', 'Transfer-Encoding: chunked\r\n', []],
    ['GET', '204 No Content', '', []],
    ['GET', '304 Not Modified', 'ETag: "a"\r\nContent-Length: 99\r\n', ['99']],
    ['GET', '200 OK', 'Content-Length: 0\r\n', ['0']],
  ])('%s %s with %j has no body, and the connections stay good', async (method, status, headers, length) => {
    const backend = await rawOrigin(async (peer) => {
      for (let i = 1; i <= 2; i++) {
        await peer.until(new RegExp(`(.*\\r\\n\\r\\n){${i}}`, 's'));
        peer.write(`HTTP/1.1 ${status}\r\n${headers}\r\n`);
      }
    });
    const { port } = await front({ engine, backends: [backend.url] });
    const client = await rawClient(port);
    for (let i = 1; i <= 2; i++) {
      client.write(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`);
      const text = await client.until(new RegExp(`(HTTP/1.1 ${status}\r\n.*?\r\n\r\n){${i}}$`, 's'));
      expect([...text.matchAll(/Content-Length: (\d+)/gi)].map((match) => match[1])).toEqual(
        Array(i).fill(length).flat(),
      );
    }
    // After HEAD nobody keeps the connection: what a backend sends behind it all the same would be the next answer.
    // undici waits for the bytes a 304 names, misses them, and drops the connection.
    const dropped = method === 'HEAD' || (engine === 'undici' && status.startsWith('304'));
    expect(backend.accepted()).toBe(dropped ? 2 : 1);
  });

  test.each([
    ['HEAD', '200 OK', 'Content-Length: 5\r\n\r\nhello'],
    ['GET', '204 No Content', 'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['GET', '204 No Content', 'Content-Length: 5\r\n\r\nhello'],
  ])('%s %s has no body also where the backend sends one: %j', async (method, status, rest) => {
    const backend = await answering(`HTTP/1.1 ${status}\r\n${rest}`);
    const { port, lb } = await front({ engine, backends: [backend.url] });
    const client = await rawClient(port);
    for (let i = 1; i <= 2; i++) {
      const over = nextEvent(lb, 'request');
      client.write(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`);
      await client.until(new RegExp(`(HTTP/1.1 ${status}\r\n.*?\r\n\r\n){${i}}$`, 's'));
      expect(await over).toMatchObject({ outcome: 'answered' });
    }
    // Nothing of it is taken for the next answer.
    expect(backend.accepted()).toBe(2);
  });

  test('an answer that comes before the upload is through reaches the client', async () => {
    const backend = await handlerOrigin((_request, response) => {
      response.writeHead(413, { 'content-length': 7 }).end('too big');
    });
    const { port, lb } = await front({ engine, backends: [backend.url] });
    const client = await rawClient(port);
    const over = nextEvent(lb, 'request');
    client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nfirst part');
    expect(await client.until('too big')).toMatch(/^HTTP\/1\.1 413 /);
    expect(await over).toMatchObject({ status: 413, outcome: 'answered' });
    // What is left of the upload is nobody's any more: the backend must not wait for it, nor another request be mixed in.
    await backend.atMost(0);
    // The rest of the upload is dropped and the client's next request is read as one.
    client.write(`${'x'.repeat(1_000_000 - 'first part'.length)}GET /next HTTP/1.1\r\nHost: a\r\n\r\n`);
    await client.until(/(too big.*){2}/s);
  });

  test('the head of an answer does not wait for its body', async () => {
    const backend = await rawOrigin(async (peer) => {
      await peer.until('\r\n\r\n');
      peer.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    });
    const { port } = await front({ engine, backends: [backend.url] });
    const client = await rawClient(port);
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await client.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    (await backend.peer(0)).write('4\r\ndata\r\n');
    await client.until('4\r\ndata\r\n');
    (await backend.peer(0)).write('0\r\n\r\n');
    await client.until('0\r\n\r\n');
  });

  test('pipelined requests are answered in their order', async () => {
    const late: (() => void)[] = [];
    const backend = await origin((request, response) => {
      if (request.target === '/slow') late.push(() => response.end('slow'));
      else {
        response.end('fast');
        for (const answer of late) answer();
      }
    });
    const { port } = await front({ engine, backends: [backend.url] });
    const head = ' HTTP/1.1\r\nHost: a\r\n';
    const { text } = await rawExchange(port, `GET /slow${head}\r\nGET /fast${head}Connection: close\r\n\r\n`);
    expect([...text.matchAll(/slow|fast/g)].map(String)).toEqual(['slow', 'fast']);
  });

  test('an HTTP/1.0 client gets an answer it can read', async () => {
    const backend = await handlerOrigin((_request, response) => {
      response.write('in ');
      response.end('parts');
    });
    const { port } = await front({ engine, backends: [backend.url] });
    const { text, clean } = await rawExchange(port, 'GET / HTTP/1.0\r\n\r\n');
    expect(clean).toBe(true);
    expect(text).not.toMatch(/transfer-encoding/i);
    expect(text.endsWith('\r\n\r\nin parts')).toBe(true);
  });

  test('listeners do not pile up on a client connection, nor on its requests', async () => {
    const backend = await origin();
    const { port, open } = await front({ engine, backends: [backend.url] });
    const agent = oneConnection();
    const count = (): number => {
      const [socket] = open;
      if (socket === undefined) throw new Error('no connection');
      return socket.eventNames().reduce((sum, name) => sum + socket.listenerCount(name), 0);
    };
    await ask(port, { agent, method: 'POST', body: 'x' });
    const before = count();
    for (let i = 0; i < 30; i++) await ask(port, { agent, method: 'POST', body: 'x' });
    expect(open.size).toBe(1);
    expect(count()).toBe(before);
    const [upstream] = backend.open;
    expect(upstream).toBeDefined();
  });

  test('closing the balancer closes every connection to its backends', async () => {
    const backend = await handlerOrigin(async (request, response) => {
      response.end(await readBody(request));
    });
    const { port, lb } = await front({ engine, backends: [backend.url] });
    await Promise.all(Array.from({ length: 10 }, () => ask(port)));
    expect(backend.open.size).toBeGreaterThan(0);
    const gone = backend.atMost(0);
    await lb.close();
    await gone;
  });
});
