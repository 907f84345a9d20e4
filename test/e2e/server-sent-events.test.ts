import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from 'node:http';
import type { Readable } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip } from 'node:zlib';
import compression from 'compression';
import express from 'express';
import type { LoadBalancer } from 'fairlead';
import { describe, expect, test } from 'vitest';
import { balance, nextEvent } from '../support/balance.js';
import { engineNames } from '../support/engines.js';
import { http2Client, serveHttp2 } from '../support/http2.js';
import { listen } from '../support/listen.js';
import { handlerOrigin, type Origin, values } from '../support/origin.js';

const EVENTS = 30;
const EVENT_STREAM = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' };
const event = (n: number): string => `id: ${n}\ndata: event ${n}\n\n`;

interface Source {
  readonly url: string;
  readonly server: Origin['server'];
  /** The client has the head (0), or this event: the next may be sent. Nothing of this goes through the balancer. */
  readonly confirm: (n: number) => void;
}

/** A backend that sends nothing before the client has confirmed all that was sent before: what is held back hangs. */
async function eventSource(): Promise<Source> {
  let confirm = (_n: number): void => {};
  const backend = await handlerOrigin((_request, response) => {
    confirm = (n) => {
      if (n < EVENTS) response.write(event(n + 1));
      else response.end();
    };
    response.writeHead(200, EVENT_STREAM).flushHeaders();
  });
  return { url: backend.url, server: backend.server, confirm: (n) => confirm(n) };
}

/** Reads events to the end, confirming each; returns how many came. */
async function follow(body: Readable, confirm: (n: number) => void): Promise<number> {
  let text = '';
  let seen = 0;
  confirm(0);
  for await (const chunk of body.setEncoding('utf8')) {
    text += chunk;
    if (text !== event(seen + 1)) continue;
    seen++;
    text = '';
    confirm(seen);
  }
  expect(text).toBe('');
  return seen;
}

/** What unpacks an answer. */
const decoders: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: createGunzip,
  br: () => createBrotliDecompress(),
};

type Client = (lb: LoadBalancer, encoding: string) => Promise<{ headers: IncomingMessage['headers']; body: Readable }>;

function overHttp(app: (lb: LoadBalancer) => RequestListener): Client {
  return async (lb, encoding) => {
    const { port } = await listen(createServer(app(lb)));
    const headers = { accept: 'text/event-stream', 'accept-encoding': encoding };
    const [answer] = await once(httpRequest({ host: '127.0.0.1', port, headers, agent: false }).end(), 'response');
    const decoder = decoders[answer.headers['content-encoding'] ?? ''];
    return { headers: answer.headers, body: decoder === undefined ? answer : answer.pipe(decoder()) };
  };
}

const compressing = (options?: compression.CompressionOptions) =>
  overHttp((lb) => express().use(compression(options), lb));

const flushing = {
  flush: constants.Z_SYNC_FLUSH,
  brotli: { flush: constants.BROTLI_OPERATION_FLUSH },
};

/** What stands between the balancer and the client, and how the answer is packed then. */
const clients: Readonly<Record<string, readonly [client: Client, accept: string, packed: string | undefined]>> = {
  'bare node:http': [overHttp((lb) => lb), 'gzip', undefined],
  Express: [overHttp((lb) => express().use(lb)), 'gzip', undefined],
  'compression that leaves event streams alone': [
    compressing({
      filter: (request, response) =>
        !String(response.getHeader('Content-Type')).startsWith('text/event-stream') &&
        compression.filter(request, response),
    }),
    'gzip',
    undefined,
  ],
  'compression that flushes (gzip)': [compressing(flushing), 'gzip', 'gzip'],
  'compression that flushes (br)': [compressing(flushing), 'gzip, br', 'br'],
  'HTTP/2': [
    async (lb) => {
      const session = await http2Client((await serveHttp2(lb)).port);
      const body = session.request({ accept: 'text/event-stream' });
      const [headers] = await once(body, 'response');
      return { headers, body };
    },
    '',
    undefined,
  ],
};

describe.each(engineNames)('server-sent events, engine %s', (engine) => {
  test.each(Object.entries(clients))(
    'each is with the client before there is another, behind %s',
    async (_name, [connect, accept, packed]) => {
      const source = await eventSource();
      const lb = balance({ engine, backends: [source.url] });
      const over = nextEvent(lb, 'request');
      const { headers, body } = await connect(lb, accept);
      expect(headers).toMatchObject({ 'content-type': 'text/event-stream' });
      expect(headers['content-encoding']).toBe(packed);
      expect(await follow(body, source.confirm)).toBe(EVENTS);
      expect(await over).toMatchObject({ outcome: 'answered', status: 200 });
    },
  );

  test('a client that leaves frees the backend; when it comes back, the backend hears what it has seen', async () => {
    const source = await eventSource();
    const lb = balance({ engine, backends: [source.url] });
    const { port } = await listen(createServer(lb));
    const asked = httpRequest({ host: '127.0.0.1', port, agent: false }).end();
    asked.on('error', () => {});
    const came = once(source.server, 'request');
    const [answer] = await once(asked, 'response');
    const [, theirs] = await came;
    source.confirm(0);
    await once(answer, 'data');
    const [over, freed] = [nextEvent(lb, 'request'), once(theirs, 'close')];
    asked.destroy();
    await freed;
    expect(await over).toMatchObject({ outcome: 'aborted' });

    const again = once(source.server, 'request');
    const headers = { 'Last-Event-ID': '1' };
    const back = httpRequest({ host: '127.0.0.1', port, headers, agent: false }).end();
    const [[received], [second]] = await Promise.all([again, once(back, 'response')]);
    expect(values(received.rawHeaders, 'last-event-id')).toEqual(['1']);
    expect(await follow(second, source.confirm)).toBe(EVENTS);
    expect(lb.stats().requests).toMatchObject({ active: 0, aborted: 1, failed: 0 });
  });
});
