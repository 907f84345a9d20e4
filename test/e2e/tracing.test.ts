import { createServer } from 'node:http';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import { PARENT, sdk, TRACE, TRACEPARENT } from '../observe/tracing/otel.js';
import { ended, nextEvent, through } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { listen } from '../support/listen.js';
import { handlerOrigin, origin, values } from '../support/origin.js';
import { rawClient } from '../support/peer.js';
import { closeOf, dial, refusal, socketOrigin } from '../support/sockets.js';

describe.each(engineNames)('tracing through %s', (engine) => {
  const { balance, front } = through(engine);

  test('a client span under the caller’s, and passed on in its place', async () => {
    const { spans } = sdk();
    const backend = await origin((_got, response) => response.writeHead(201).end('made'));
    const { port, lb } = await front({ name: 'shop', backends: [{ id: 'a', url: backend.url }], tracing: true });
    const over = ended(lb, 1);
    const headers = ['TraceParent', TRACEPARENT, 'tracestate', 'vendor=1', 'baggage', 'user=7'];
    await ask(port, { path: '/x?token=s3cret', headers: ['Host', 'shop.example', ...headers] });
    await over;
    const [span] = spans();
    const { spanId, traceId } = span?.spanContext() ?? {};
    expect(span).toMatchObject({
      name: 'GET',
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
      events: [],
    });
    expect([traceId, span?.parentSpanContext?.spanId]).toEqual([TRACE, PARENT]);
    expect(span?.attributes).toEqual({
      'http.request.method': 'GET',
      'url.full': `${backend.url}/x?token=REDACTED`,
      'server.address': '127.0.0.1',
      'server.port': backend.port,
      'http.response.status_code': 201,
      'network.protocol.version': '1.1',
      'fairlead.balancer': 'shop',
      'fairlead.backend': 'a',
      'fairlead.outcome': 'answered',
    });
    const sent = backend.last().rawHeaders;
    expect(values(sent, 'traceparent')).toEqual([`00-${TRACE}-${spanId}-01`]);
    expect(values(sent, 'tracestate')).toEqual(['vendor=1']);
    expect(values(sent, 'baggage')).toEqual(['user=7']);
    expect(backend.last().target).toBe('/x?token=s3cret');
  });

  test('under the app’s own span, whatever the headers say', async () => {
    const { provider, spans } = sdk();
    const backend = await origin();
    const lb = balance({ backends: [backend.url], tracing: { tracer: provider.getTracer('mine') } });
    const server = createServer((request, response) => {
      const own = provider.getTracer('app').startSpan('server', { root: true });
      response.once('close', () => own.end());
      context.with(trace.setSpan(context.active(), own), () => lb(request, response));
    });
    const { port } = await listen(server);
    const over = ended(lb, 1);
    await ask(port, { headers: { traceparent: TRACEPARENT } });
    await over;
    const [own, client] = spans();
    expect([own?.name, client?.instrumentationScope.name]).toEqual(['server', 'mine']);
    expect(client?.parentSpanContext?.spanId).toBe(own?.spanContext().spanId);
    expect(client?.spanContext().traceId).not.toBe(TRACE);
  });

  test.each([
    [{ incoming: 'none' }, false],
    [{ incoming: 'trusted' }, false],
    [{ incoming: 'trusted' }, true],
  ] as const)('%j, the peer trusted: %s', async (tracing, trusted) => {
    const { spans } = sdk();
    const backend = await origin();
    const trust = trusted ? { trustProxy: 'loopback' } : {};
    const { port, lb } = await front({ backends: [backend.url], tracing, ...trust });
    const over = ended(lb, 1);
    await ask(port, { headers: { traceparent: TRACEPARENT, tracestate: 'vendor=1', baggage: 'user=7' } });
    await over;
    const [span] = spans();
    expect(span?.spanContext().traceId === TRACE).toBe(trusted);
    const sent = backend.last().rawHeaders;
    expect(values(sent, 'traceparent')).toEqual([expect.stringContaining(`${span?.spanContext().spanId}`)]);
    expect([values(sent, 'tracestate'), values(sent, 'baggage')]).toEqual(
      trusted ? [['vendor=1'], ['user=7']] : [[], []],
    );
  });

  test('a retry is a span of its own, and says after what', async () => {
    const { spans } = sdk();
    const dead = await origin();
    await dead.stop();
    const busy = await origin((_got, response) => response.writeHead(503).end());
    const backend = await origin();
    const backends = [
      { id: 'dead', url: dead.url },
      { id: 'busy', url: busy.url },
      { id: 'a', url: backend.url },
    ];
    const retry = { on: ['connect', 503] as const };
    const { port, lb } = await front({ backends, strategy: 'first', retry, tracing: true });
    const over = ended(lb, 1);
    expect((await ask(port, { headers: { traceparent: TRACEPARENT } })).text).toBe('ok');
    await over;
    const told = spans().map(({ attributes, status, events, parentSpanContext }) => ({
      backend: attributes['fairlead.backend'],
      count: attributes['http.request.resend_count'],
      type: attributes['error.type'],
      status: status.code,
      after: events.map((event) => [event.name, event.attributes?.['fairlead.retry.reason']]),
      parent: parentSpanContext?.spanId,
    }));
    const { ERROR, UNSET } = SpanStatusCode;
    expect(told).toEqual([
      { backend: 'dead', count: undefined, type: 'FAIRLEAD_CONNECT', status: ERROR, after: [], parent: PARENT },
      { backend: 'busy', count: 1, type: '503', status: ERROR, after: [['fairlead.retry', 'connect']], parent: PARENT },
      { backend: 'a', count: 2, type: undefined, status: UNSET, after: [['fairlead.retry', 'status']], parent: PARENT },
    ]);
  });

  test('a hedge: the winner answers, the other is cancelled and no error', async () => {
    const { spans } = sdk();
    const slow = await handlerOrigin(() => {});
    const fast = await origin();
    const backends = [
      { id: 'slow', url: slow.url },
      { id: 'fast', url: fast.url },
    ];
    const { port, lb } = await front({ backends, strategy: 'first', hedge: { after: 1 }, tracing: true });
    const over = ended(lb, 1);
    expect((await ask(port)).text).toBe('ok');
    await over;
    const told = spans().map(({ attributes, status }) => [
      attributes['fairlead.backend'],
      attributes['fairlead.outcome'],
      status.code,
    ]);
    expect(told).toEqual([
      ['slow', 'aborted', SpanStatusCode.UNSET],
      ['fast', 'answered', SpanStatusCode.UNSET],
    ]);
    expect(spans()[1]?.events[0]?.attributes).toMatchObject({ 'fairlead.retry.reason': 'hedge' });
  });

  test('a client that goes away is no error', async () => {
    const { spans } = sdk();
    const backend = await origin(() => {});
    const { port, lb } = await front({ backends: [backend.url], tracing: true });
    const over = nextEvent(lb, 'request');
    const came = backend.nextHead();
    const client = await rawClient(port);
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await came;
    client.socket.destroy();
    await over;
    const [span] = spans();
    expect(span?.attributes).toMatchObject({ 'fairlead.outcome': 'aborted' });
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
  });

  test('a tunnel’s span ends with its handshake; a refused one is an error', async () => {
    const { spans } = sdk();
    const backend = await socketOrigin();
    const { port } = await front({ backends: [backend.url], tracing: true });
    const socket = await dial(port, '/ws', { headers: { traceparent: TRACEPARENT } });
    const [span] = spans();
    expect(span?.attributes).toMatchObject({ 'http.response.status_code': 101, 'fairlead.outcome': 'answered' });
    expect(backend.handshakes[0]?.headers.traceparent).toBe(`00-${TRACE}-${span?.spanContext().spanId}-01`);
    const closed = closeOf(socket);
    socket.close();
    await closed;
    const refusing = await origin((_got, response) => response.writeHead(403).end());
    const other = await front({ backends: [refusing.url], tracing: true });
    const over = nextEvent(other.lb, 'request');
    expect((await refusal(other.port)).status).toBe(403);
    await over;
    expect(spans().map(({ attributes }) => attributes['error.type'])).toEqual([undefined, '403']);
  });

  test('what was never sent has no span', async () => {
    const { spans } = sdk();
    const { port, lb } = await front({ backends: [], tracing: true });
    const over = ended(lb, 1);
    expect((await ask(port)).status).toBe(503);
    await over;
    expect(spans()).toEqual([]);
  });

  test('a tracer that throws is an event, once, and no request feels it', async () => {
    sdk();
    const backend = await origin();
    const startSpan = (): never => {
      throw new Error('mine');
    };
    const { port, lb } = await front({ backends: [backend.url], tracing: { tracer: { startSpan } } });
    const reported: unknown[] = [];
    lb.on('error', ({ error }) => reported.push((error.cause as Error).message));
    const over = ended(lb, 2);
    for (let i = 0; i < 2; i++) expect((await ask(port)).text).toBe('ok');
    await over;
    expect(reported).toEqual(['mine']);
  });

  test('with no SDK at all, what the client said passes', async () => {
    const backend = await origin();
    const { port } = await front({ backends: [backend.url], tracing: true });
    expect(propagation.fields()).toEqual([]);
    await ask(port, { headers: { traceparent: TRACEPARENT } });
    expect(values(backend.last().rawHeaders, 'traceparent')).toEqual([TRACEPARENT]);
  });
});
