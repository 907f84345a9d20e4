import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { nextEvent, through } from '../support/balance.js';
import { ask, oneConnection } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { handlerOrigin, origin } from '../support/origin.js';
import { rawClient, rawOrigin } from '../support/peer.js';
import { closeOf, dial, nextMessage, socketOrigin } from '../support/sockets.js';

const ANSWER = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok';
const NONE = { ended: 0, cut: 0 };

/** A backend that says who it is. */
const named = (name: string) => origin((_request, response) => response.end(name));

/** Clients that ask one after the other, all the time, until told to stop; then how many answers of each kind there were. */
function load(port: number, clients = 8) {
  let going = true;
  const counts = new Map<string, number>();
  const waiting = new Set<() => void>();
  const client = async (): Promise<void> => {
    const agent = oneConnection();
    for (let i = 0; going; i++) {
      const method = i % 3 === 0 ? 'POST' : 'GET';
      const key = await ask(port, { agent, method, ...(method === 'POST' && { body: 'x' }) }).then(
        ({ status, text }) => `${status} ${text.slice(0, 40)}`,
        (error) => String(error),
      );
      counts.set(key, (counts.get(key) ?? 0) + 1);
      for (const check of [...waiting]) check();
    }
  };
  const running = Array.from({ length: clients }, client);
  const answered = (key: string, more = 20): Promise<void> => {
    const goal = (counts.get(key) ?? 0) + more;
    return new Promise((resolve) => {
      const check = (): void => {
        if ((counts.get(key) ?? 0) < goal) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
    });
  };
  const stop = async (): Promise<ReadonlyMap<string, number>> => {
    going = false;
    await Promise.all(running);
    return counts;
  };
  return { answered, stop };
}

describe.each(engineNames)('engine %s', (engine) => {
  const { front } = through(engine);

  test('backends come and go under load: no request fails, and no connection is left', async () => {
    const [a, b, c] = await Promise.all([named('a'), named('b'), named('c')]);
    const { port, lb } = await front({ backends: [{ id: 'a', url: a.url }] });
    const clients = load(port);
    await clients.answered('200 a');
    lb.add({ id: 'b', url: b.url });
    await clients.answered('200 b');
    const removed = await lb.remove('a');
    expect(removed.requests.cut + removed.streams.cut).toBe(0);
    await a.atMost(0);
    lb.update([
      { id: 'c', url: c.url },
      { id: 'b', url: b.url, weight: 2 },
    ]);
    await clients.answered('200 c');
    const gone = nextEvent(lb, 'backend:removed');
    lb.update([{ id: 'c', url: c.url }]);
    await gone;
    await b.atMost(0);
    // Under its id, another server.
    lb.update([{ id: 'c', url: a.url }]);
    await clients.answered('200 a');
    await c.atMost(0);
    const counts = await clients.stop();
    expect([...counts.keys()].sort()).toEqual(['200 a', '200 b', '200 c']);
    expect(lb.stats()).toMatchObject({ requests: { active: 0, failed: 0, aborted: 0 }, backends: [{ id: 'c' }] });
  });

  test('a drain counts requests, streams and tunnels, and is over with the last of them', async () => {
    const sockets = await socketOrigin();
    const slow = await rawOrigin(async (peer) => {
      await peer.until('\r\n\r\n');
      if (peer.text.includes('/stream'))
        peer.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 8\r\n\r\npart');
    });
    const backends = [
      { id: 'slow', url: slow.url },
      { id: 'sockets', url: sockets.url },
    ];
    const to = (id: string) => ({ headers: { 'X-To': id } });
    const { port, lb } = await front({ backends, sticky: { by: 'header', name: 'X-To' } });
    const socket = await dial(port, '/', to('sockets'));
    const asked = ask(port, { path: '/slow', ...to('slow') });
    const waiting = await slow.peer(0);
    await waiting.until('\r\n\r\n');
    const stream = await rawClient(port);
    stream.write('GET /stream HTTP/1.1\r\nHost: a\r\nX-To: slow\r\n\r\n');
    await stream.until('part');
    let over = 0;
    const drains = ['slow', 'sockets'].map((id) => lb.drain(id, { timeout: '1h' }));
    for (const drain of drains) void drain.then(() => over++);
    waiting.write(ANSWER);
    expect((await asked).text).toBe('ok');
    (await slow.peer(1)).write('rest');
    await stream.until('partrest');
    const closed = nextEvent(lb, 'request');
    socket.close();
    await closed;
    // Whoever is pinned may still come, until the deadline.
    expect(over).toBe(0);
    const again = ask(port, { path: '/slow', ...to('slow') });
    const third = await slow.peer(2);
    await third.until('\r\n\r\n');
    third.write(ANSWER);
    expect((await again).status).toBe(200);
    void lb.drain('slow', { timeout: 0 });
    void lb.drain('sockets', { timeout: 0 });
    expect(await Promise.all(drains)).toEqual([
      { requests: { ended: 2, cut: 0 }, streams: { ended: 1, cut: 0 }, upgrades: NONE },
      { requests: NONE, streams: NONE, upgrades: { ended: 1, cut: 0 } },
    ]);
  });

  test('what is left at the deadline is cut: 503, a broken answer, a WebSocket closed with 1012', async () => {
    const backend = await socketOrigin();
    const silent = await rawOrigin(async (peer) => {
      await peer.until('\r\n\r\n');
      if (peer.text.includes('/stream'))
        peer.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 8\r\n\r\npart');
    });
    const { port, lb } = await front({ backends: [{ id: 'a', url: backend.url }] });
    const socket = await dial(port);
    const closed = closeOf(socket);
    const drained = lb.drain('a', { timeout: 30 });
    lb.add({ id: 'b', url: silent.url });
    const waits = ask(port, { path: '/wait' });
    await (await silent.peer(0)).until('\r\n\r\n');
    const stream = await rawClient(port);
    stream.write('GET /stream HTTP/1.1\r\nHost: a\r\n\r\n');
    await stream.until('part');
    expect(await drained).toEqual({ requests: NONE, streams: NONE, upgrades: { ended: 0, cut: 1 } });
    expect((await closed).code).toBe(1012);
    await backend.atMost(0);
    expect(await lb.remove('b', { timeout: 0 })).toEqual({
      requests: { ended: 0, cut: 1 },
      streams: { ended: 0, cut: 1 },
      upgrades: NONE,
    });
    expect((await waits).status).toBe(503);
    expect((await stream.closed).text).toMatch(/part$/);
    await silent.atMost(0);
    expect(lb.stats()).toMatchObject({ requests: { active: 0, upgrades: 0 }, backends: [{ id: 'a', failed: 0 }] });
  });

  test("upgrades: 'close' asks WebSockets to leave at once, in the middle of what is sent to them", async () => {
    const big = Buffer.alloc(3 << 20, 7);
    const backend = await socketOrigin((socket) => {
      const more = (): void => socket.send(big, () => socket.readyState === WebSocket.OPEN && more());
      more();
    });
    const { port, lb } = await front({ backends: [{ id: 'a', url: backend.url }] });
    const socket = await dial(port);
    const closed = closeOf(socket);
    const theirs = closeOf(await backend.socket(0));
    const failures: unknown[] = [];
    socket.on('error', (error) => failures.push(error));
    await nextMessage(socket);
    const report = await lb.drain('a', { timeout: '1h', upgrades: 'close' });
    expect(report.upgrades).toEqual({ ended: 1, cut: 0 });
    expect([await closed, await theirs]).toMatchObject([{ code: 1012 }, { code: 1012 }]);
    expect(failures).toEqual([]);
    await backend.atMost(0);
  });

  test('a backend that was removed and is added again while it drains keeps its requests and its counts', async () => {
    const backend = await rawOrigin();
    const { port, lb } = await front({ backends: [{ id: 'a', url: backend.url }], retry: false });
    const first = ask(port);
    const peer = await backend.peer(0);
    await peer.until('\r\n\r\n');
    const removed = lb.remove('a');
    expect((await ask(port)).status).toBe(503);
    lb.add({ id: 'a', url: backend.url });
    expect(await removed).toMatchObject({ calledOff: true, requests: NONE });
    const second = ask(port);
    const other = await backend.peer(1);
    await other.until('\r\n\r\n');
    for (const each of [peer, other]) each.write(ANSWER);
    expect([(await first).text, (await second).text]).toEqual(['ok', 'ok']);
    expect(lb.stats().backends).toMatchObject([{ id: 'a', total: 2, active: 0 }]);
  });

  test('one whose id went to another address finishes what it has, and counts until then', async () => {
    const old = await rawOrigin();
    const { port, lb } = await front({ backends: [{ id: 'a', url: old.url }] });
    const first = ask(port);
    const peer = await old.peer(0);
    await peer.until('\r\n\r\n');
    const young = await named('young');
    lb.update([{ id: 'a', url: young.url }]);
    expect((await ask(port)).text).toBe('young');
    expect(lb.stats()).toMatchObject({ requests: { active: 1 }, backends: [{ id: 'a', active: 0, total: 1 }] });
    const over = nextEvent(lb, 'request');
    peer.write(ANSWER);
    expect((await first).text).toBe('ok');
    await over;
    await old.atMost(0);
    expect(lb.stats()).toMatchObject({ requests: { active: 0, total: 2 } });
  });

  test('an answer that comes while the balancer closes says that the connection ends', async () => {
    const backend = await rawOrigin();
    const { port, lb } = await front({ backends: [backend.url] });
    const agent = oneConnection();
    const asked = ask(port, { agent });
    const peer = await backend.peer(0);
    await peer.until('\r\n\r\n');
    const closing = lb.close();
    peer.write(ANSWER);
    const { status, headers } = await asked;
    expect([status, headers.connection]).toEqual([200, 'close']);
    expect((await closing).requests).toEqual({ ended: 1, cut: 0 });
  });

  test('lb.close() can wait for WebSockets, and be told to wait no longer', async () => {
    const backend = await socketOrigin();
    const { port, lb } = await front({ backends: [backend.url] });
    const [first, second] = await Promise.all([dial(port), dial(port)]);
    const closing = lb.close({ upgrades: 'wait', timeout: '1h' });
    const echo = nextMessage(first);
    first.send('still here');
    expect((await echo).data.toString()).toBe('still here');
    const over = nextEvent(lb, 'request');
    first.close();
    await over;
    const closed = closeOf(second);
    expect(await lb.close({ timeout: 0 })).toBe(await closing);
    expect((await closing).upgrades).toEqual({ ended: 1, cut: 1 });
    expect((await closed).code).toBe(1012);
  });

  test('lb.close() counts what became a stream meanwhile as what it was cut as', async () => {
    const backend = await handlerOrigin((request, response) => {
      if (request.url === '/late') setTimeout(() => response.write('x'), 20);
      else if (request.url === '/end') response.end('ok');
    });
    const { port, lb } = await front({ backends: [backend.url] });
    const late = await rawClient(port);
    const arrived = new Promise((resolve) => backend.server.once('request', resolve));
    late.write('GET /late HTTP/1.1\r\nHost: a\r\n\r\n');
    await arrived;
    const closing = lb.close({ timeout: '1h' });
    await late.until('x');
    void lb.close({ timeout: 0 });
    expect(await closing).toEqual({ requests: NONE, streams: { ended: 0, cut: 1 }, upgrades: NONE });
  });
});
