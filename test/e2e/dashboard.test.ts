import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { connect } from 'node:net';
import compression from 'compression';
import express from 'express';
import { type Dashboard, dashboard } from 'fairlead/dashboard';
import { describe, expect, it, onTestFinished } from 'vitest';
import { balance, connectStyle, express4, serveApp } from '../support/balance.js';
import { ask } from '../support/client.js';
import { FakeClock } from '../support/clock.js';
import { listen } from '../support/listen.js';

function shown(actions?: () => boolean, backends = 2, clock?: FakeClock): Dashboard {
  const many = Array.from({ length: backends }, (_, i) => ({ id: `b${i}`, url: `http://10.0.0.1:${1 + i}` }));
  const handler = dashboard(balance({ name: 'api', backends: many }), actions === undefined ? {} : { actions }, clock);
  onTestFinished(() => handler.close());
  return handler;
}

/** A stream of server-sent events, event by event. */
async function stream(port: number, path: string) {
  const request = httpRequest({ host: '127.0.0.1', port, path, agent: false }).end();
  onTestFinished(() => void request.destroy());
  const [response]: IncomingMessage[] = await once(request, 'response');
  if (response === undefined) throw new Error('there is one');
  const events = (async function* () {
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        yield text.slice(0, end);
        text = text.slice(end + 2);
      }
    }
  })();
  const next = async (): Promise<string> => (await events.next()).value ?? '';
  return { request, response, next };
}

const mounts: Readonly<Record<string, [prefix: string, app: (handler: Dashboard) => RequestListener]>> = {
  'Express 5': ['/ops/balancer', (handler) => express().use('/ops/balancer', handler)],
  'Express 4': ['/balancer', (handler) => express4().use('/balancer', handler)],
  'a router in a router': [
    '/ops/balancer',
    (handler) => express().use('/ops', express.Router().use('/balancer', handler)),
  ],
  'Connect style': ['/balancer', (handler) => connectStyle('/balancer', handler)],
  'a bare server': [
    '',
    (handler) => (request: IncomingMessage, response: ServerResponse) => handler(request, response),
  ],
  'behind compression and a body parser': [
    '/balancer',
    (handler) =>
      express()
        .use(compression({ threshold: 0 }), express.json())
        .use('/balancer', handler),
  ],
};

describe.each(Object.entries(mounts))('under %s', (_name, [prefix, app]) => {
  it('the page, all it loads, its data and its stream are where its links say', async () => {
    const { port, url } = await serveApp(app(shown()));
    const page = await ask(port, { path: `${prefix}/` });
    expect(page.status).toBe(200);
    const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
    const base = new URL(`${prefix}/`, url);
    for (const link of [...links, 'data.json', 'history.json?balancer=0']) {
      const { pathname, search } = new URL(link, base);
      expect((await ask(port, { path: `${pathname}${search}` })).status, link).toBe(200);
    }
    const { response, next } = await stream(port, `${prefix}/stream`);
    expect(response.headers['content-type']).toBe('text/event-stream');
    expect(await next()).toBe('retry: 2000\nevent: hello\ndata: {"actions":false}');
    expect(await next()).toMatch(/^data: {"at":\d+,"full":true,/);
  });

  it('without its slash it leads to where its links hold', async () => {
    if (prefix === '') return;
    const { port, url } = await serveApp(app(shown()));
    const { status, headers } = await ask(port, { path: `${prefix}?a=1` });
    expect(status).toBe(302);
    expect(new URL(headers.location ?? '', new URL(prefix, url)).href).toBe(`${url}${prefix}/?a=1`);
  });

  it('an action is done where it is allowed, and not from elsewhere', async () => {
    const { port, url } = await serveApp(app(shown(() => true)));
    const act = (headers: object) =>
      ask(port, {
        method: 'POST',
        path: `${prefix}/actions`,
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ balancer: 0, backend: 'b0', do: 'maintenance' }),
      });
    const state = async () =>
      JSON.parse((await ask(port, { path: `${prefix}/data.json` })).text).balancers[0].rows[0].state;
    expect((await act({ origin: 'http://evil.example' })).status).toBe(403);
    expect((await act({})).status).toBe(403);
    expect(await state()).toBe('ready');
    expect((await act({ origin: url })).status).toBe(200);
    expect(await state()).toBe('maintenance');
  });
});

describe('a stream', () => {
  it('whose client sleeps does not pile up memory, and is dropped in the end', async () => {
    const clock = new FakeClock();
    const ids = Array.from({ length: 500 }, (_, i) => `b${i}`);
    const lb = balance({ backends: ids.map((id, i) => ({ id, url: `http://10.0.0.1:${1 + i}` })) });
    const handler = dashboard(lb, {}, clock);
    const responses: ServerResponse[] = [];
    const server = createServer((request, response) => {
      responses.push(response);
      handler(request, response);
    });
    const { port } = await listen(server);
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.pause().write('GET /stream HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(server, 'request');
    const [response] = responses;
    if (response === undefined) throw new Error('there is one');
    const closed = once(response, 'close');
    let most = 0;
    let seconds = 0;
    while (seconds < 100 && !response.destroyed) {
      // Everything is new in each second: 150 kB a frame.
      seconds++;
      for (const id of ids) lb.setWeight(id, seconds);
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(1_000);
      most = Math.max(most, response.writableLength);
    }
    expect(response.destroyed).toBe(true);
    await closed;
    // One frame, and never a second one before it has gone.
    expect(most).toBeLessThan(1_000_000);
    expect(clock.pending).toBe(0);
  });

  it('says whether its viewer may act', async () => {
    const { port } = await serveApp(
      express().use(
        '/balancer',
        shown(() => true),
      ),
    );
    const { next } = await stream(port, '/balancer/stream');
    expect(await next()).toContain('data: {"actions":true}');
  });

  it('a client that goes leaves no timer behind', async () => {
    const clock = new FakeClock();
    const { port } = await serveApp(express().use('/balancer', shown(undefined, 1, clock)));
    const { request, next } = await stream(port, '/balancer/stream');
    await next();
    expect(clock.pending).toBe(1);
    request.destroy();
    while (clock.pending > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});
