import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Engine, ResponseSink, UpstreamRequest } from '../../lib/core/engine.js';
import { FairleadError } from '../../lib/core/errors.js';
import { Leases } from '../../lib/core/lease.js';
import { Forwarder, type ForwarderOptions } from '../../lib/forward/forwarder.js';
import { compileEdits } from '../../lib/forward/header-edits.js';
import { ReplayableBody } from '../../lib/forward/request/replayable-body.js';
import { consumedRequest, type ExchangeSpec, fakeExchange, one, settled, thrownBy } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

const NO_EDITS = compileEdits({ set: {}, remove: [] });

function house(options: Partial<ForwarderOptions> = {}) {
  const sent: { request: UpstreamRequest; sink: ResponseSink; aborted: boolean }[] = [];
  let closed = 0;
  const engine: Engine = {
    send: (request, sink) => {
      const entry = { request, sink, aborted: false };
      sent.push(entry);
      return {
        resume: () => {},
        abort: () => {
          entry.aborted = true;
        },
      };
    },
    close: () => {
      closed++;
    },
  };
  const clock = new FakeClock();
  const forwarder = new Forwarder({
    engine,
    clock,
    timeouts: { connect: 10, headers: 100, idle: 1000, total: 0, tunnel: 0, perTry: 0 },
    forwarded: { xForwarded: false, standard: false, realIp: false, via: false },
    stickyCookie: undefined,
    tls: {},
    host: 'preserve',
    path: 'stripped',
    headers: NO_EDITS,
    responseHeaders: NO_EDITS,
    requestId: undefined,
    keeps: () => 65_536,
    ...options,
  });
  const leases = new Leases(clock, () => {});
  const forward = (spec: ExchangeSpec, pin: readonly string[] = [], request?: IncomingMessage) => {
    const exchange = fakeExchange({ headers: ['Host', 'app.example'], ...spec }, request);
    return {
      exchange,
      outcome: forwarder.forward(forwarder.errand(exchange), leases.acquire(one()), { pin: () => pin }),
    };
  };
  return { forwarder, forward, sent, closed: () => closed };
}

const linesOf = (list: readonly string[] = []): string[] =>
  list.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${list[i + 1]}`] : []));

describe('the request an engine gets', () => {
  it('is complete', () => {
    const { forward, sent } = house();
    forward({ method: 'DELETE', url: '/a//b?c', headers: ['Host', 'app.example', 'Transfer-Encoding', 'chunked'] });
    const { request } = sent[0] ?? {};
    expect(request).toMatchObject({ method: 'DELETE', path: '/a//b?c', fresh: false, backend: { id: one().id } });
    expect(linesOf(request?.headers)).toEqual(['Host: app.example', 'Transfer-Encoding: chunked']);
  });

  it('has no body, the client’s own, or the one a parser has left', async () => {
    const { forward, sent } = house();
    forward({});
    const { exchange } = forward({ method: 'POST', headers: ['Host', 'a', 'Content-Length', '9'] });
    const headers = ['Host', 'a', 'Content-Type', 'application/json', 'Content-Length', '9'];
    const parsed = await consumedRequest({ method: 'POST', headers, extra: { body: { a: 1 } } });
    forward({}, [], parsed);
    expect(sent.map(({ request }) => request.body)).toEqual([
      undefined,
      new ReplayableBody(exchange.request, 65_536),
      Buffer.from('{"a":1}'),
    ]);
  });

  it('asks for what a mount leaves, or for the whole', () => {
    const spec = { url: '/x', mount: '/api', extra: { originalUrl: '/api/x' } };
    for (const path of ['stripped', 'original'] as const) {
      const { forward, sent } = house({ path });
      forward(spec);
      expect(sent[0]?.request.path).toBe(path === 'stripped' ? '/x' : '/api/x');
    }
  });

  it('asks the host of an absolute target', () => {
    const { forward, sent } = house();
    forward({ url: 'http://app.example/x', headers: ['Host', 'other.example'] });
    expect(sent[0]?.request).toMatchObject({ path: '/x', headers: ['Host', 'app.example'] });
  });

  it('is none where the client’s is not to be passed on', async () => {
    const { forward, sent } = house();
    const { exchange, outcome } = forward({ headers: ['Host', 'a', 'Host', 'b'] });
    expect(await outcome).toMatchObject({ kind: 'failed', committed: false, error: { code: 'FAIRLEAD_BAD_REQUEST' } });
    expect(sent).toEqual([]);
    expect(exchange.response.headersSent).toBe(false);
  });

  it('is none where a path function throws: the app’s fault, not the backend’s', async () => {
    const { forward } = house({
      path: () => {
        throw new Error('mine');
      },
    });
    expect(await forward({}).outcome).toMatchObject({ kind: 'failed', error: { blame: 'proxy' } });
  });
});

describe('the answer', () => {
  it('gets pin, request id and edits, and the mount back', async () => {
    const headers = { responseHeaders: compileEdits({ set: { 'X-Env': 'prod' }, remove: ['Server'] }) };
    const { forward, sent } = house({ requestId: 'X-Request-Id', ...headers });
    const { exchange, outcome } = forward({ url: '/x', mount: '/api', requestId: 'abc' }, ['Set-Cookie', 'lb=x']);
    sent[0]?.sink.head(302, 'Found', ['Location', '/login', 'Server', 'nginx', 'Content-Length', '0']);
    sent[0]?.sink.end([]);
    expect(await outcome).toMatchObject({ kind: 'answered', status: 302 });
    const lines = exchange.wire.written.split('\r\n');
    expect(lines).toEqual(
      expect.arrayContaining(['Location: /api/login', 'Set-Cookie: lb=x', 'X-Request-Id: abc', 'X-Env: prod']),
    );
    expect(lines.filter((line) => line.startsWith('Server'))).toEqual([]);
  });

  it.each([
    ['nothing is mounted', 'stripped', ''],
    ['the backend was asked with the mount', 'original', '/api'],
  ] as const)('keeps its Location where %s', async (_what, path, mount) => {
    const { forward, sent } = house({ path });
    const { exchange, outcome } = forward({ url: '/x', mount });
    sent[0]?.sink.head(302, 'Found', ['Location', '/login', 'Content-Length', '0']);
    sent[0]?.sink.end([]);
    await outcome;
    expect(exchange.wire.written).toContain('\r\nLocation: /login\r\n');
  });
});

describe('what is under way', () => {
  const closing = new FairleadError('FAIRLEAD_CLOSING', 'closing');

  it('can be cut, and is counted', async () => {
    const { forward, forwarder, sent } = house();
    const outcomes = [forward({}).outcome, forward({}).outcome];
    forwarder.endTunnels(forwarder.underWay(), closing);
    expect(forwarder.underWay()).toHaveLength(2);
    forwarder.cutAll(closing);
    expect(await Promise.all(outcomes)).toMatchObject([{ error: closing }, { error: closing }]);
    expect(sent.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(forwarder.underWay()).toEqual([]);
  });

  it('is no longer once it has ended', async () => {
    const { forward, forwarder, sent } = house();
    const { outcome } = forward({});
    sent[0]?.sink.fail(new Error('broken'));
    await outcome;
    await settled();
    expect(forwarder.underWay()).toEqual([]);
  });
});

describe('a copy of a request', () => {
  const shadow = one('http://10.0.0.9:3000');
  const bytes = Buffer.from('abc');

  it('is what a backend gets, but for the framing: its length is known', () => {
    const { forwarder, forward, sent } = house({ requestId: 'X-Id' });
    const lines = [
      'Host',
      'app.example',
      'Content-Encoding',
      'gzip',
      'Transfer-Encoding',
      'chunked',
      'Connection',
      'x',
    ];
    const { exchange } = forward({ method: 'PUT', url: '/a?b', headers: lines, requestId: '7' });
    const copy = forwarder.copy(forwarder.errand(exchange), shadow, bytes);
    expect(copy).toMatchObject({ backend: shadow, method: 'PUT', path: '/a?b', fresh: false, body: bytes });
    const original = linesOf(sent[0]?.request.headers);
    expect(original).toContain('Content-Encoding: gzip');
    expect(original).toContain('X-Id: 7');
    expect(linesOf(copy.headers).sort()).toEqual(
      original.map((line) => (line === 'Transfer-Encoding: chunked' ? 'Content-Length: 3' : line)).sort(),
    );
  });

  it('of one without a body has none', () => {
    const { forwarder } = house();
    const copy = forwarder.copy(forwarder.errand(fakeExchange({ headers: ['Host', 'a'] })), shadow, Buffer.alloc(0));
    expect([copy.body, linesOf(copy.headers)]).toEqual([undefined, ['Host: a']]);
  });

  it('of one that no backend should see is none', () => {
    const { forwarder } = house();
    const errand = forwarder.errand(fakeExchange({ headers: ['Host', 'a', 'Host', 'b'] }));
    expect(thrownBy(() => forwarder.copy(errand, shadow, bytes)).code).toBe('FAIRLEAD_BAD_REQUEST');
  });
});

it('close closes the engine', async () => {
  const { forwarder, closed } = house();
  await forwarder.close();
  expect(closed()).toBe(1);
});
