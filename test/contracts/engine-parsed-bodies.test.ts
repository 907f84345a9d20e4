import { gzipSync } from 'node:zlib';
import express, { type RequestHandler } from 'express';
import { describe, expect, test } from 'vitest';
import { balance, express4, nextEvent, serveApp } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { type Origin, origin, values } from '../support/origin.js';

const versions = { 'Express 5': express, 'Express 4': express4 };

describe.each(engineNames)('engine %s: bodies that a parser has read', (engine) => {
  describe.each(Object.entries(versions))('under %s', (_version, create) => {
    async function through(parser: RequestHandler, body: string | Buffer, type: string, more = {}): Promise<Origin> {
      const backend = await origin();
      const lb = balance({ engine, backends: [backend.url] });
      const { port } = await serveApp(create().use(parser, lb));
      const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body), ...more };
      expect((await ask(port, { method: 'POST', headers, body })).text).toBe('ok');
      return backend;
    }

    const json = JSON.stringify({ naïve: ['ü', 1, null, { deep: true }], empty: {} });

    test.each([
      ['json', create.json(), 'application/json', json],
      ['json of a suffix type', create.json({ type: '*/*' }), 'application/problem+json; charset=utf-8', json],
      ['a JSON array', create.json(), 'application/json', '[1,2,3]'],
      ['a JSON text', create.json({ strict: false }), 'application/json', '"text"'],
      ['JSON null', create.json({ strict: false }), 'application/json', 'null'],
      ['JSON false', create.json({ strict: false }), 'application/json', 'false'],
      ['JSON 0', create.json({ strict: false }), 'application/json', '0'],
      ['text', create.text(), 'text/plain', 'grüße'],
      ['text in Latin-1', create.text(), 'text/plain; charset=iso-8859-1', Buffer.from('gr\xfc\xdfe', 'latin1')],
      ['raw bytes', create.raw(), 'application/octet-stream', Buffer.from([0, 255, 128, 13, 10])],
      ['JSON kept as raw bytes', create.raw({ type: '*/*' }), 'application/json', '{ "a" : 1.0 }'],
      ['JSON kept as text', create.text({ type: '*/*' }), 'application/json', '{"a":1}'],
      ['a form', create.urlencoded({ extended: false }), 'application/x-www-form-urlencoded', 'a=1&b=x+y%26z&a=2&c='],
    ])('%s arrives, with a right length', async (_name, parser, type, body) => {
      const backend = await through(parser, body, type);
      const sent = Buffer.from(body);
      const got = backend.last();
      if (type.includes('form')) {
        expect([...new URLSearchParams(got.body.toString())].sort()).toEqual(
          [...new URLSearchParams(sent.toString())].sort(),
        );
      } else expect(got.body).toEqual(sent);
      expect(values(got.rawHeaders, 'content-length')).toEqual([String(got.body.length)]);
      expect(values(got.rawHeaders, 'content-type')).toEqual([type]);
    });

    test('nested forms read back as they were', async () => {
      const parser = create.urlencoded({ extended: true });
      const sent = 'user[name]=%C3%BC&user[tags][]=a&user[tags][]=b&list[0][x]=1&list[1][x]=2';
      const backend = await through(parser, sent, 'application/x-www-form-urlencoded');
      const second = await through(parser, backend.last().body, 'application/x-www-form-urlencoded');
      expect(second.last().body.toString()).toBe(backend.last().body.toString());
      expect(decodeURIComponent(backend.last().body.toString())).toBe(
        'user[name]=ü&user[tags]=a&user[tags]=b&list[0][x]=1&list[1][x]=2',
      );
    });

    test('what a parser has unpacked is not announced as packed', async () => {
      const packed = gzipSync(json);
      const backend = await through(create.json(), packed, 'application/json', { 'content-encoding': 'gzip' });
      expect(backend.last().body.toString()).toBe(json);
      expect(values(backend.last().rawHeaders, 'content-encoding')).toEqual([]);
    });

    test('chunks that were read go out counted', async () => {
      const backend = await origin();
      const lb = balance({ engine, backends: [backend.url] });
      const { port } = await serveApp(create().use(create.json(), lb));
      const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
      await ask(port, { method: 'POST', headers, body: json });
      expect(backend.last().body.toString()).toBe(json);
      expect(values(backend.last().rawHeaders, 'transfer-encoding')).toEqual([]);
    });

    test('what the parser left alone is streamed', async () => {
      const backend = await through(create.json(), 'not json at all', 'text/plain');
      expect(backend.last().body.toString()).toBe('not json at all');
    });

    test('a body that is gone is a 500 that names the cause, not a hang', async () => {
      const backend = await origin();
      const lb = balance({ engine, backends: [backend.url] });
      const swallow: RequestHandler = (request, _response, next) => {
        request.resume().once('end', () => next());
      };
      const { port } = await serveApp(create().use(swallow, lb));
      const failed = nextEvent(lb, 'error');
      const over = nextEvent(lb, 'request');
      const answer = await ask(port, { method: 'POST', body: 'gone' });
      expect(answer.status).toBe(500);
      expect(answer.text).not.toMatch(/middleware|127\.0\.0\.1/);
      const { error } = await failed;
      expect(error).toMatchObject({ code: 'FAIRLEAD_BODY_CONSUMED', blame: 'proxy' });
      expect(error.message).toMatch(/middleware in front of the load balancer has read the request body/);
      expect(await over).toMatchObject({ code: 'FAIRLEAD_BODY_CONSUMED', status: 500 });
      expect(backend.accepted()).toBe(0);
      expect(lb.stats()).toMatchObject({ requests: { active: 0 }, backends: [{ active: 0, failed: 0 }] });
    });

    test('a request object is left as it was', async () => {
      const backend = await origin();
      const lb = balance({ engine, backends: [backend.url] });
      const seen: string[] = [];
      const look: RequestHandler = (request, _response, next) => {
        const picture = (): string => JSON.stringify([request.headers, request.rawHeaders, request.url, request.body]);
        seen.push(picture());
        request.once('close', () => seen.push(picture()));
        next();
      };
      const { port } = await serveApp(create().use(create.json(), look, lb));
      const headers = { 'content-type': 'application/json', connection: 'x-a, close', 'x-a': '1' };
      await ask(port, { method: 'DELETE', headers, body: json });
      expect(seen).toHaveLength(2);
      expect(seen[1]).toBe(seen[0]);
    });
  });
});
