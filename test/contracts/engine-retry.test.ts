import { createHash, randomBytes } from 'node:crypto';
import type { Strategy } from 'fairlead';
import { describe, expect, test } from 'vitest';
import { front, nextEvent } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { deadPort } from '../support/listen.js';
import { origin } from '../support/origin.js';
import { rawOrigin } from '../support/peer.js';

/** Always the first that is open. */
const FIRST: Strategy = {
  pick([first]) {
    if (first === undefined) throw new Error('no candidate');
    return first;
  },
};

describe.each(engineNames)('engine %s: another attempt', (engine) => {
  test.each(['content-length', 'chunked'])(
    'a refused connection costs nothing, and the body arrives once (%s)',
    async (framing) => {
      const body = randomBytes(300_000);
      const backend = await origin();
      const dead = [`http://127.0.0.1:${await deadPort()}`, `http://127.0.0.1:${await deadPort()}`];
      const { port, lb } = await front({ engine, strategy: FIRST, backends: [...dead, backend.url] });
      const over = nextEvent(lb, 'request');
      const headers = framing === 'chunked' ? { 'transfer-encoding': 'chunked' } : { 'content-length': body.length };
      const answer = await ask(port, { method: 'POST', body, headers });
      expect(answer.text).toBe('ok');
      expect(await over).toMatchObject({ outcome: 'answered', attempts: 3 });
      expect(backend.requests).toHaveLength(1);
      const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
      expect(sha(backend.last().body)).toBe(sha(body));
      expect(lb.stats()).toMatchObject({
        requests: { total: 1, active: 0, failed: 0, retried: 2 },
        backends: [{ failed: 1 }, { failed: 1 }, { failed: 0, total: 1 }],
      });
    },
  );

  test('no backend is asked twice while another is left, and the last failure is the answer', async () => {
    const dead = [`http://127.0.0.1:${await deadPort()}`, `http://127.0.0.1:${await deadPort()}`];
    const { port, lb } = await front({ engine, retry: { attempts: 4, backoff: { base: 0 } }, backends: dead });
    const over = nextEvent(lb, 'request');
    const answer = await ask(port, { method: 'POST', body: 'x' });
    expect(answer.status).toBe(502);
    expect(await over).toMatchObject({ code: 'FAIRLEAD_CONNECT', attempts: 5 });
    const totals = lb.stats().backends.map(({ total }) => total);
    expect(totals.sort()).toEqual([2, 3]);
  });

  test('with retry: false there is one attempt', async () => {
    const backend = await origin();
    const dead = `http://127.0.0.1:${await deadPort()}`;
    const { port } = await front({ engine, strategy: FIRST, retry: false, backends: [dead, backend.url] });
    expect((await ask(port)).status).toBe(502);
    expect(backend.requests).toHaveLength(0);
  });

  test('a POST that a backend may have seen is not sent again', async () => {
    const backend = await rawOrigin(async (peer) => {
      await peer.until('body');
      peer.socket.resetAndDestroy();
    });
    const other = await origin();
    const { port, lb } = await front({ engine, strategy: FIRST, backends: [backend.url, other.url] });
    const over = nextEvent(lb, 'request');
    expect((await ask(port, { method: 'POST', body: 'body' })).status).toBe(502);
    expect(await over).toMatchObject({ code: 'FAIRLEAD_BACKEND_RESET', attempts: 1 });
    expect(other.requests).toHaveLength(0);
    expect(backend.accepted()).toBe(1);
  });

  test('nor one on a connection that was used before', async () => {
    const backend = await rawOrigin(async (peer) => {
      await peer.until('\r\n\r\n');
      peer.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      await peer.until('body');
      peer.socket.resetAndDestroy();
    });
    const other = await origin();
    const { port, lb } = await front({ engine, strategy: FIRST, backends: [backend.url, other.url] });
    expect((await ask(port)).text).toBe('ok');
    const over = nextEvent(lb, 'request');
    expect((await ask(port, { method: 'POST', body: 'body' })).status).toBe(502);
    expect(await over).toMatchObject({ code: 'FAIRLEAD_BACKEND_RESET', attempts: 1 });
    expect(other.requests).toHaveLength(0);
    expect(backend.accepted()).toBe(1);
  });

  test('a connection that the backend has closed in between costs nobody an error', async () => {
    const backend = await rawOrigin(async (peer) => {
      await peer.until('\r\n\r\n');
      peer.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const { port } = await front({ engine, backends: [backend.url] });
    for (let i = 0; i < 5; i++) {
      expect((await ask(port)).text).toBe('ok');
      const peer = await backend.peer(i);
      peer.socket.end();
      await peer.closed;
    }
  });
});
