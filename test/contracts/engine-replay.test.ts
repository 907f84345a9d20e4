import { createHash, randomBytes } from 'node:crypto';
import express from 'express';
import type { Strategy } from 'fairlead';
import { describe, expect, test } from 'vitest';
import { balance, front, nextEvent, serveApp } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { type Origin, origin } from '../support/origin.js';
import { type Peer, type RawOrigin, rawClient, rawOrigin } from '../support/peer.js';

/** Always the first that is open. */
const FIRST: Strategy = {
  pick([first]) {
    if (first === undefined) throw new Error('no candidate');
    return first;
  },
};

const reset = (peer: Peer): void => {
  peer.socket.resetAndDestroy();
};

const BODY = 'x'.repeat(20_000);
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n';

interface Point {
  readonly breaks: (peer: Peer) => unknown;
  /** The answer has begun. */
  readonly begun?: boolean;
  /** The connection may not have stood yet: then nothing was sent, and any method is tried elsewhere. */
  readonly early?: boolean;
}

/** Where in an exchange a backend breaks the connection. */
const POINTS: Readonly<Record<string, Point>> = {
  'as soon as it is connected': { breaks: reset, early: true },
  'at the first byte': { breaks: (peer) => peer.untilBytes(1).then(() => reset(peer)) },
  'behind the head': { breaks: (peer) => peer.until('\r\n\r\n').then(() => reset(peer)) },
  'in the body': { breaks: (peer) => peer.until('xxx').then(() => reset(peer)) },
  'behind the body': { breaks: (peer) => peer.until(/x{20000}/).then(() => reset(peer)) },
  'with a FIN behind the body': { breaks: (peer) => peer.until(/x{20000}/).then(() => peer.socket.end()) },
  'in its own head': {
    breaks: (peer) =>
      peer.until(/x{20000}/).then(() => {
        peer.socket.write('HTTP/1.1 200 OK\r\nConte', () => setImmediate(() => reset(peer)));
      }),
  },
  'in its own body': {
    begun: true,
    breaks: (peer) =>
      peer.until(/x{20000}/).then(() => {
        // Time for the head to be read before the reset discards it.
        peer.socket.write(`${ANSWER}hal`, () => setTimeout(() => reset(peer), 50));
      }),
  },
};

/** Backends that break at this point: how many of them saw anything of a request, and how often. */
async function breaking(breaks: (peer: Peer) => unknown): Promise<{ list: RawOrigin[]; seen: () => number }> {
  const peers: Peer[] = [];
  const list = await Promise.all(
    [0, 1].map(() =>
      rawOrigin((peer) => {
        peers.push(peer);
        return breaks(peer);
      }),
    ),
  );
  return { list, seen: () => peers.filter(({ received }) => received > 0).length };
}

describe.each(engineNames)('engine %s: a backend that breaks the connection', (engine) => {
  describe.each(Object.entries(POINTS))('%s', (_point, { breaks, begun = false, early = false }) => {
    test.each(['content-length', 'chunked'])('is sent no POST a second time (%s)', async (framing) => {
      const { list, seen } = await breaking(breaks);
      const last = await origin();
      const backends = [...list.map(({ url }) => url), last.url];
      const { port, lb } = await front({ engine, strategy: FIRST, backends });
      const over = nextEvent(lb, 'request');
      const headers = framing === 'chunked' ? { 'transfer-encoding': 'chunked' } : { 'content-length': BODY.length };
      const answer = await ask(port, { method: 'POST', body: BODY, headers }).catch(() => undefined);
      const record = await over;
      expect(seen() + last.requests.length).toBeLessThanOrEqual(1);
      expect(lb.stats().requests.active).toBe(0);
      if (early) return;
      expect(answer?.status).toBe(begun ? undefined : 502);
      expect(record).toMatchObject({ attempts: 1, outcome: 'failed' });
      expect(last.requests).toHaveLength(0);
      expect(lb.stats().requests).toMatchObject({ failed: 1, retried: 0 });
    });

    test.each(['PUT', 'DELETE'])('costs a %s nothing before an answer has begun', async (method) => {
      const { list } = await breaking(breaks);
      const last = await origin();
      const backends = [...list.map(({ url }) => url), last.url];
      const { port, lb } = await front({ engine, strategy: FIRST, backends });
      const over = nextEvent(lb, 'request');
      const headers = { 'content-length': BODY.length };
      const answer = await ask(port, { method, body: BODY, headers }).catch(() => undefined);
      expect(answer?.text).toBe(begun ? undefined : 'ok');
      expect(await over).toMatchObject({ attempts: begun ? 1 : 3 });
      expect(last.requests).toHaveLength(begun ? 0 : 1);
      if (!begun) expect(last.last().body.toString()).toBe(BODY);
    });
  });
});

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A backend that reads a part of the body and breaks, in front of one that answers. */
async function inTurn(part: number): Promise<{ first: RawOrigin; second: Origin; backends: string[] }> {
  const first = await rawOrigin(async (peer) => {
    await peer.untilBytes(part);
    reset(peer);
  });
  const second = await origin();
  return { first, second, backends: [first.url, second.url] };
}

describe.each(engineNames)('engine %s: a body that is sent again', (engine) => {
  test.each([
    ['counted', 65_536, 30_000],
    ['counted', 65_536, 65_600],
    ['chunked', 65_536, 30_000],
    ['chunked', 1, 100],
  ])('%s, of %i bytes, arrives whole after %i were lost', async (framing, size, part) => {
    const body = randomBytes(size);
    const { second, backends } = await inTurn(Math.min(part, size));
    const { port } = await front({ engine, strategy: FIRST, backends });
    const headers = framing === 'chunked' ? { 'transfer-encoding': 'chunked' } : { 'content-length': size };
    expect((await ask(port, { method: 'PUT', body, headers })).text).toBe('ok');
    expect(sha(second.last().body)).toBe(sha(body));
  });

  test('arrives with the client still sending: first what was lost, then the rest', async () => {
    const { first, second, backends } = await inTurn(300);
    const { port } = await front({ engine, strategy: FIRST, backends });
    const client = await rawClient(port);
    client.write('PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\nConnection: close\r\n\r\n');
    client.write('a'.repeat(1_000));
    await (await first.peer(0)).closed;
    client.write('b'.repeat(1_000));
    expect((await client.closed).text).toMatch(/^HTTP\/1\.1 200 /);
    expect(second.last().body.toString()).toBe('a'.repeat(1_000) + 'b'.repeat(1_000));
  });

  test('arrives with its trailers', async () => {
    const { second, backends } = await inTurn(150);
    const { port } = await front({ engine, strategy: FIRST, backends });
    const client = await rawClient(port);
    client.write(
      'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\nConnection: close\r\n\r\n' +
        '4\r\nbody\r\n0\r\nX-Sum: 1\r\n\r\n',
    );
    expect((await client.closed).text).toMatch(/^HTTP\/1\.1 200 /);
    expect(second.last().body.toString()).toBe('body');
    expect(second.last().rawTrailers).toEqual(['X-Sum', '1']);
  });

  test('that a parser has read is sent from memory, a POST where the user says so', async () => {
    const { second, backends } = await inTurn(150);
    const lb = balance({ engine, strategy: FIRST, backends, retry: { methods: ['POST'] } });
    const { port } = await serveApp(express().use(express.json(), lb));
    const headers = { 'content-type': 'application/json' };
    expect((await ask(port, { method: 'POST', headers, body: '{"a":1}' })).text).toBe('ok');
    expect(second.last().body.toString()).toBe('{"a":1}');
  });

  test.each([
    ['counted', { 'content-length': 65_537 }],
    ['chunked', { 'transfer-encoding': 'chunked' }],
  ])('is none that is longer than what is kept: its failure is the answer (%s)', async (_framing, headers) => {
    const { second, backends } = await inTurn(65_600);
    const { port, lb } = await front({ engine, strategy: FIRST, backends });
    const over = nextEvent(lb, 'request');
    const body = randomBytes(65_537);
    expect((await ask(port, { method: 'PUT', body, headers })).status).toBe(502);
    expect(await over).toMatchObject({ attempts: 1, code: 'FAIRLEAD_BACKEND_RESET' });
    expect(second.requests).toHaveLength(0);
  });

  test('goes as far as replay.maxBytes says', async () => {
    for (const [maxBytes, status] of [
      [200_000, 200],
      [0, 502],
    ] as const) {
      const { backends } = await inTurn(50_000);
      const { port } = await front({ engine, strategy: FIRST, backends, replay: { maxBytes } });
      expect((await ask(port, { method: 'PUT', body: randomBytes(150_000) })).status).toBe(status);
    }
  });

  test('leaves the client’s connection usable, whatever came of it', async () => {
    const { backends } = await inTurn(60);
    const { port } = await front({ engine, strategy: FIRST, retry: false, backends: backends.slice(0, 1) });
    const client = await rawClient(port);
    client.write(`PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n${'x'.repeat(50_000)}`);
    await client.until(/502 Bad Gateway[\s\S]*\r\n\r\n/);
    client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect((await client.closed).text.match(/HTTP\/1\.1 /g)).toHaveLength(2);
  });
});
