import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { backendRecord } from '../../../lib/core/backend.js';
import type { ResponseSink, UpstreamRequest } from '../../../lib/core/engine.js';
import type { Exchange } from '../../../lib/core/exchange.js';
import type { Collector } from '../../../lib/shaping/mirroring/collector.js';
import { Mirror, type MirrorSettings } from '../../../lib/shaping/mirroring/mirror.js';
import { FakeClock } from '../../support/clock.js';
import { seededRandom } from '../../support/random.js';

function exchangeOf(method = 'GET', headers = {}): Exchange {
  const request = Object.assign(new IncomingMessage(new Socket()), { method, headers });
  const client = { address: '', peer: '', peerTrusted: false, scheme: 'http' } as const;
  const response = new ServerResponse(request);
  return { request, response, upgrade: undefined, since: 0, client, mount: '', requestId: undefined };
}

function stage(settings: Partial<MirrorSettings> = {}) {
  const sent: { request: UpstreamRequest; sink: ResponseSink }[] = [];
  let closed = 0;
  const mirror = new Mirror({
    name: 'lb',
    backends: [backendRecord({ url: 'http://a' }), backendRecord({ url: 'http://b' })],
    percent: 100,
    methods: ['GET', 'POST'],
    maxBytes: 4,
    maxConcurrent: 2,
    timeout: 1_000,
    clock: new FakeClock(),
    random: seededRandom(),
    engine: {
      send(request, sink) {
        sent.push({ request, sink });
        return { resume() {}, abort() {} };
      },
      close() {
        closed++;
      },
    },
    ownsEngine: true,
    ...settings,
  });
  const copy = (collect: (collector: Collector) => void, length?: number, compose?: () => never) =>
    mirror.copy({
      exchange: exchangeOf(),
      length,
      collect,
      compose: compose ?? ((backend, body) => ({ backend, method: 'GET', path: '/', headers: [], fresh: false, body })),
    });
  return { mirror, sent, copy, closed: () => closed };
}

const whole = (collector: Collector): void => collector.end();

it('draws by percent: 25 % of 10,000 within 2 points', () => {
  const { mirror } = stage({ percent: 25, random: seededRandom(7) });
  const exchange = exchangeOf();
  const wanted = Array.from({ length: 10_000 }, () => mirror.wants(exchange)).filter(Boolean).length;
  expect(Math.abs(wanted - 2_500)).toBeLessThan(200);
  expect(stage({ percent: 0 }).mirror.wants(exchange)).toBe(false);
});

it('wants no other method, and no copy', () => {
  const { mirror } = stage();
  expect(mirror.wants(exchangeOf('POST'))).toBe(true);
  expect(mirror.wants(exchangeOf('DELETE'))).toBe(false);
  expect(mirror.wants(exchangeOf('GET', { 'x-fairlead-mirrored': 'x' }))).toBe(false);
});

it('asks its backends in turn, with the mark', () => {
  const { sent, copy } = stage();
  copy(whole);
  copy(whole);
  expect(sent.map(({ request }) => request.backend.url.host)).toEqual(['a', 'b']);
  expect(sent[0]?.request.headers).toEqual(['X-Fairlead-Mirrored', 'lb']);
});

it('skips beyond its places, bodies still coming included, until one is free', () => {
  const { mirror, sent, copy } = stage();
  copy(whole);
  let coming: Collector | undefined;
  copy((collector) => {
    coming = collector;
  });
  copy(whole);
  expect(mirror.counts).toEqual({ sent: 1, failed: 0, skipped: 1 });
  sent[0]?.sink.fail(new Error('reset'));
  copy(whole);
  coming?.end();
  expect(mirror.counts).toEqual({ sent: 3, failed: 1, skipped: 1 });
});

it('skips what is too long, was cut short, cannot be read or should not be sent', () => {
  const { mirror, copy } = stage();
  copy(() => expect.unreachable(), 5);
  copy((collector) => collector.data(Buffer.alloc(5)));
  copy((collector) => collector.cut());
  copy(() => {
    throw new Error('consumed');
  });
  copy(whole, undefined, () => {
    throw new Error('guarded');
  });
  expect(mirror.counts).toEqual({ sent: 0, failed: 0, skipped: 5 });
});

it('ends its copies and its engine once when it is closed, and sends no more', async () => {
  const { mirror, copy, closed } = stage();
  copy(whole);
  await Promise.all([mirror.close(), mirror.close()]);
  copy(whole);
  expect(mirror.counts).toEqual({ sent: 1, failed: 1, skipped: 1 });
  expect(closed()).toBe(1);
});
