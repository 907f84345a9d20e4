import { createGzip, gunzipSync } from 'node:zlib';
import express, { type RequestHandler } from 'express';
import { describe, expect, test } from 'vitest';
import { express4, nextEvent, serveApp, through } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { handlerOrigin, origin, values } from '../support/origin.js';
import { answering } from '../support/peer.js';
import { warnings } from '../support/warnings.js';

/** As `compression` does it: the answer is packed on its way out, through wrapped methods of the response. */
const compressing: RequestHandler = (_request, response, next) => {
  const original = {
    write: response.write.bind(response),
    end: response.end.bind(response),
    writeHead: response.writeHead.bind(response),
    on: response.on.bind(response),
  };
  const gzip = createGzip();
  gzip.on('data', (chunk: Buffer) => {
    if (!original.write(chunk)) gzip.pause();
  });
  gzip.on('end', () => original.end());
  original.on('drain', () => gzip.resume());
  const head = (): void => {
    if (!response.headersSent) response.writeHead(response.statusCode);
  };
  Object.assign(response, {
    writeHead(...all: Parameters<typeof original.writeHead>) {
      response.removeHeader('content-length');
      response.setHeader('content-encoding', 'gzip');
      return original.writeHead(...all);
    },
    write(chunk: Buffer) {
      head();
      return gzip.write(chunk);
    },
    end(chunk?: Buffer) {
      head();
      gzip.end(chunk);
      return response;
    },
    // Who waits for the response waits for the packer.
    on(event: string, listener: () => void) {
      if (event === 'drain') gzip.on('drain', listener);
      else original.on(event, listener);
      return response;
    },
  });
  next();
};

/** As express-session does it: a cookie at the last moment, and an end that waits for the store. */
const session: RequestHandler = (_request, response, next) => {
  const { writeHead, end } = response;
  const original = { writeHead: writeHead.bind(response), end: end.bind(response) };
  let headed = false;
  Object.assign(response, {
    writeHead(...all: Parameters<typeof original.writeHead>) {
      if (!headed) response.appendHeader('Set-Cookie', 'connect.sid=s%3Aabc; Path=/; HttpOnly');
      headed = true;
      return original.writeHead(...all);
    },
    end(...all: Parameters<typeof original.end>) {
      if (!response.headersSent) response.writeHead(response.statusCode);
      setImmediate(() => original.end(...all));
      return response;
    },
  });
  next();
};

/** As helmet does it. */
const helmet: RequestHandler = (_request, response, next) => {
  response.setHeader('Content-Security-Policy', "default-src 'self'");
  response.setHeader('X-Frame-Options', 'SAMEORIGIN');
  response.removeHeader('X-Powered-By');
  next();
};

describe.each(engineNames)('engine %s', (engine) => {
  const { balance } = through(engine);

  describe.each([
    ['Express 5', express],
    ['Express 4', express4],
  ])('in front of the balancer under %s', (_name, create) => {
    test.each(['content-length', 'chunked'])('compression packs what the backend sends (%s)', async (framing) => {
      const body = Buffer.from('compress me '.repeat(100_000));
      const backend = await origin((_got, response) => {
        if (framing === 'content-length') response.setHeader('content-length', body.length);
        for (let at = 0; at < body.length; at += 60_000) response.write(body.subarray(at, at + 60_000));
        response.end();
      });
      const lb = balance({ backends: [backend.url] });
      const { port } = await serveApp(create().use(compressing, lb));
      const over = nextEvent(lb, 'request');
      const warned = warnings();
      const answer = await ask(port);
      expect(answer.headers['content-encoding']).toBe('gzip');
      expect(answer.headers['content-length']).toBeUndefined();
      expect(gunzipSync(answer.body).equals(body)).toBe(true);
      expect(await over).toMatchObject({ outcome: 'answered', status: 200 });
      expect(lb.stats().requests.active).toBe(0);
      // `once('drain')` on a response whose listeners live elsewhere is never taken off: Node warns of a leak at the 11th.
      expect(warned).toEqual([]);
    });

    test('compression does not make a cut answer look whole', async () => {
      const backend = await answering('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\npart', 'end');
      const lb = balance({ backends: [backend.url] });
      const { port } = await serveApp(create().use(compressing, lb));
      const over = nextEvent(lb, 'request');
      await expect(ask(port)).rejects.toThrow();
      expect(await over).toMatchObject({ outcome: 'failed', code: 'FAIRLEAD_RESPONSE_BODY' });
    });

    test("a session's cookie, the backend's and ours stand side by side", async () => {
      const backend = await origin((_got, response) => response.setHeader('set-cookie', ['a=1', 'b=2']).end('ok'));
      const lb = balance({ sticky: true, backends: [backend.url] });
      const { port } = await serveApp(create().use(session, lb));
      const over = nextEvent(lb, 'request');
      const { rawHeaders, text } = await ask(port);
      expect(text).toBe('ok');
      const names = values(rawHeaders, 'set-cookie').map((cookie) => cookie.split('=')[0]);
      expect(names.sort()).toEqual(['a', 'b', 'connect.sid', 'fairlead.default']);
      expect(await over).toMatchObject({ outcome: 'answered' });
    });

    test("helmet's headers are there, and the backend's own win", async () => {
      const backend = await origin((_got, response) => response.setHeader('X-Frame-Options', 'DENY').end('ok'));
      const { port } = await serveApp(create().use(helmet, balance({ backends: [backend.url] })));
      const { headers, rawHeaders } = await ask(port);
      expect(headers['content-security-policy']).toBe("default-src 'self'");
      expect(values(rawHeaders, 'x-frame-options')).toEqual(['DENY']);
      expect(headers['x-powered-by']).toBeUndefined();
    });

    test('they are there on our own errors too', async () => {
      const { port } = await serveApp(create().use(helmet, session, balance({ backends: [] })));
      const { status, headers } = await ask(port);
      expect(status).toBe(503);
      expect(headers['content-security-policy']).toBe("default-src 'self'");
      expect(headers['set-cookie']).toEqual(['connect.sid=s%3Aabc; Path=/; HttpOnly']);
    });

    test('all of them at once, with a body that was parsed', async () => {
      const backend = await origin((got, response) => response.setHeader('set-cookie', 'a=1').end(got.body));
      const lb = balance({ sticky: true, backends: [backend.url] });
      const { port } = await serveApp(create().use(helmet, session, compressing, create.json(), lb));
      const headers = { 'content-type': 'application/json' };
      const answer = await ask(port, { method: 'POST', headers, body: '{"a":[1,2]}' });
      expect(gunzipSync(answer.body).toString()).toBe('{"a":[1,2]}');
      expect(answer.headers['set-cookie']).toHaveLength(3);
    });

    test('one that answers in our place, while we wait for the backend, has the last word', async () => {
      let release = (): void => {};
      const backend = await handlerOrigin((_request, response) => {
        release = () => response.end('too late');
      });
      const lb = balance({ backends: [backend.url] });
      const impatient: RequestHandler = (_request, response, next) => {
        backend.server.once('request', () => setImmediate(() => response.status(503).end('no time')));
        next();
      };
      const over = nextEvent(lb, 'request');
      const { port } = await serveApp(create().use(impatient, lb));
      const answer = await ask(port);
      expect([answer.status, answer.text]).toEqual([503, 'no time']);
      release();
      await over;
      expect(lb.stats()).toMatchObject({ requests: { active: 0 }, backends: [{ active: 0, failed: 0 }] });
    });

    test('one that destroys the response in the middle harms nobody', async () => {
      const backend = await answering(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n1\r\nc\r\n',
      );
      const lb = balance({ backends: [backend.url] });
      const rash: RequestHandler = (_request, response, next) => {
        const write = response.write.bind(response);
        response.write = (chunk: Buffer) => {
          const more = write(chunk);
          response.destroy();
          return more;
        };
        next();
      };
      const over = nextEvent(lb, 'request');
      const { port } = await serveApp(create().use(rash, lb));
      await expect(ask(port)).rejects.toThrow();
      expect(await over).toMatchObject({ outcome: 'aborted' });
      await backend.atMost(0);
    });
  });
});
