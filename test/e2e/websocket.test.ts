import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { nextEvent, through } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { values } from '../support/origin.js';
import { rawClient } from '../support/peer.js';
import { closeOf, dial, HANDSHAKE, nextMessage, socketOrigin } from '../support/sockets.js';

describe.each(engineNames)('engine %s', (engine) => {
  const { front } = through(engine);

  describe('a WebSocket through lb.upgrade', () => {
    test('carries text and binary, small and large, both ways', async () => {
      const backend = await socketOrigin();
      const { port, lb } = await front({ backends: [backend.url] });
      const socket = await dial(port);
      expect(lb.stats()).toMatchObject({
        requests: { active: 1, upgrades: 1 },
        backends: [{ active: 1, upgrades: 1 }],
      });
      socket.send('hellö');
      expect(await nextMessage(socket)).toEqual({ data: Buffer.from('hellö'), binary: false });
      const big = randomBytes(1 << 20);
      socket.send(big);
      const { data, binary } = await nextMessage(socket);
      expect(binary).toBe(true);
      expect(createHash('sha256').update(data).digest('hex')).toBe(createHash('sha256').update(big).digest('hex'));
      const over = nextEvent(lb, 'request');
      socket.close();
      expect(await over).toMatchObject({ status: 101, outcome: 'answered', upgrade: true, attempts: 1 });
      expect(lb.stats()).toMatchObject({
        requests: { active: 0, upgrades: 0, total: 1, failed: 0 },
        backends: [{ active: 0, upgrades: 0, failed: 0 }],
      });
    });

    test('the backend sees the handshake as it was, and who is asking', async () => {
      const backend = await socketOrigin();
      const { port } = await front({ backends: [backend.url] });
      const headers = { 'X-Forwarded-For': '6.6.6.6', 'Keep-Alive': 'x', cookie: 'a=1' };
      await dial(port, '//chat//room;a?x=%2f', { headers, origin: 'http://app.example' });
      const [handshake] = backend.handshakes;
      const { rawHeaders = [], url } = handshake ?? {};
      expect(url).toBe('//chat//room;a?x=%2f');
      expect(values(rawHeaders, 'x-forwarded-for')).toEqual(['127.0.0.1']);
      expect(values(rawHeaders, 'x-forwarded-proto')).toEqual(['http']);
      expect(values(rawHeaders, 'via')).toEqual(['1.1 fairlead']);
      expect(values(rawHeaders, 'connection')).toEqual(['Upgrade']);
      expect(values(rawHeaders, 'upgrade')).toEqual(['websocket']);
      expect(values(rawHeaders, 'keep-alive')).toEqual([]);
      expect(values(rawHeaders, 'origin')).toEqual(['http://app.example']);
      expect(values(rawHeaders, 'sec-websocket-key')).toHaveLength(1);
    });

    test('subprotocols and extensions are settled between the two ends', async () => {
      const backend = await socketOrigin();
      const { port } = await front({ backends: [backend.url] });
      const socket = await dial(port, '/', { protocols: ['chat.v2', 'chat.v1'] });
      expect(socket.protocol).toBe('chat.v2');
      expect(backend.handshakes[0]?.headers['sec-websocket-protocol']).toBe('chat.v2,chat.v1');
    });

    test.each([
      [1000, ''],
      [1001, 'going'],
      [4321, 'of our own'],
    ])('close code %i reaches the backend', async (code, reason) => {
      const backend = await socketOrigin();
      const { port } = await front({ backends: [backend.url] });
      const socket = await dial(port);
      const closed = closeOf(await backend.socket(0));
      socket.close(code, reason);
      expect(await closed).toEqual({ code, reason });
      await backend.atMost(0);
    });

    test.each([
      [1000, ''],
      [1012, 'restart'],
      [4000, 'kicked'],
    ])('close code %i reaches the client', async (code, reason) => {
      const backend = await socketOrigin((socket) => socket.on('message', () => socket.close(code, reason)));
      const { port, lb } = await front({ backends: [backend.url] });
      const socket = await dial(port);
      const over = nextEvent(lb, 'request');
      const closed = closeOf(socket);
      socket.send('go');
      expect(await closed).toEqual({ code, reason });
      await over;
      expect(lb.stats().requests).toMatchObject({ active: 0, upgrades: 0 });
    });

    test('what the backend says last arrives before the end', async () => {
      const last = randomBytes(3 << 20);
      const backend = await socketOrigin((socket) => {
        socket.send(last, () => socket.close(4001, 'done'));
      });
      const { port } = await front({ backends: [backend.url] });
      const socket = await dial(port);
      const closed = closeOf(socket);
      expect((await nextMessage(socket)).data.equals(last)).toBe(true);
      expect(await closed).toEqual({ code: 4001, reason: 'done' });
    });

    test('a client that is cut off ends the backend side', async () => {
      const backend = await socketOrigin();
      const { port, lb } = await front({ backends: [backend.url] });
      const socket = await dial(port);
      const theirs = await backend.socket(0);
      const over = nextEvent(lb, 'request');
      const closed = closeOf(theirs);
      socket.terminate();
      expect((await closed).code).toBe(1006);
      await over;
      expect(lb.stats()).toMatchObject({ requests: { active: 0, upgrades: 0 }, backends: [{ active: 0, failed: 0 }] });
    });

    test('a backend that is cut off ends the client side', async () => {
      const backend = await socketOrigin();
      const { port, lb } = await front({ backends: [backend.url] });
      const socket = await dial(port);
      const over = nextEvent(lb, 'request');
      const closed = closeOf(socket);
      (await backend.socket(0)).terminate();
      expect((await closed).code).toBe(1006);
      await over;
      expect(lb.stats()).toMatchObject({ requests: { active: 0, upgrades: 0 } });
    });

    test('100 at once echo each their own and leave nothing behind', async () => {
      const backend = await socketOrigin();
      const { port, lb } = await front({ backends: [backend.url] });
      const sockets = await Promise.all(Array.from({ length: 100 }, () => dial(port)));
      expect(lb.stats().requests).toMatchObject({ active: 100, upgrades: 100 });
      const echoes = sockets.map((socket, i) => {
        const echo = nextMessage(socket);
        socket.send(`message ${i}`);
        return echo;
      });
      expect((await Promise.all(echoes)).map(({ data }) => data.toString())).toEqual(
        sockets.map((_, i) => `message ${i}`),
      );
      for (const socket of sockets) socket.close();
      await backend.atMost(0);
      expect(lb.stats().requests.failed).toBe(0);
    });
  });

  describe('a WebSocket and a sticky cookie', () => {
    test('it counts where it is as long as it is open, and once', async () => {
      const backend = await socketOrigin();
      const { port, lb } = await front({ sticky: true, backends: [{ url: backend.url, id: 'a' }] });
      const socket = await dial(port);
      const counted = { assigned: 1, hits: 0, clients: 1 };
      expect(lb.stats()).toMatchObject({ sticky: { ...counted, imbalance: 1 }, backends: [{ sticky: counted }] });
      const over = nextEvent(lb, 'request');
      socket.close();
      expect(await over).toMatchObject({ sticky: 'none', backend: 'a' });
      expect(lb.stats()).toMatchObject({ sticky: counted, backends: [{ sticky: counted }] });
    });

    test('the cookie is on the 101, and a later socket goes where it says', async () => {
      const backends = [await socketOrigin(), await socketOrigin()];
      const list = backends.map(({ url }, i) => ({ id: String(i), url }));
      const { port, lb } = await front({ sticky: true, strategy: 'round-robin', backends: list });
      const cookieOf = async (cookie: string): Promise<string[]> => {
        const client = await rawClient(port);
        client.write(HANDSHAKE.replace('Host: a', `Host: a\r\nCookie: ${cookie}`));
        const head = await client.until('\r\n\r\n');
        expect(head).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
        return [...head.matchAll(/^set-cookie: ([^;]+)/gim)].map((match) => match[1] ?? '');
      };
      const [pinned = ''] = await cookieOf('none=1');
      expect(pinned).toMatch(/^fairlead\.default=/);
      for (let i = 0; i < 4; i++) expect(await cookieOf(pinned)).toEqual([]);
      expect(backends.map(({ handshakes }) => handshakes.length)).toEqual([5, 0]);
      // A plain request with that cookie stays there too.
      await ask(port, { headers: { cookie: pinned } });
      expect(lb.stats().backends.map(({ total }) => total)).toEqual([6, 0]);
    });

    test('the backend never sees it', async () => {
      const backend = await socketOrigin();
      const { port } = await front({ sticky: true, backends: [backend.url] });
      await dial(port, '/', { headers: { cookie: 'a=1; fairlead.default=forged; b=2' } });
      expect(backend.handshakes[0]?.headers.cookie).toBe('a=1; b=2');
    });
  });
});
