import { createServer } from 'node:http';
import express from 'express';
import { describe, expect, onTestFinished, test } from 'vitest';
import { nextEvent, through } from '../support/balance.js';
import { engineNames } from '../support/engines.js';
import { listen } from '../support/listen.js';
import { handlerOrigin } from '../support/origin.js';
import { type Peer, type RawOrigin, rawClient, rawOrigin } from '../support/peer.js';
import { dial, HANDSHAKE, nextMessage, SWITCHED, socketOrigin } from '../support/sockets.js';

const leave: Readonly<Record<string, (peer: Peer) => unknown>> = {
  FIN: (peer) => peer.socket.end(),
  close: (peer) => peer.socket.destroy(),
  reset: (peer) => peer.socket.resetAndDestroy(),
};

/** A backend that switches protocols and then does what it is told. */
function switching(then: (peer: Peer) => unknown = () => {}): Promise<RawOrigin> {
  return rawOrigin(async (peer) => {
    await peer.until('\r\n\r\n');
    peer.write(SWITCHED);
    then(peer);
  });
}

describe.each(engineNames)('engine %s', (engine) => {
  const { balance, front } = through(engine);

  test('the cookies of a 101 are mapped back to the mount, as those of any answer', async () => {
    const backend = await rawOrigin(async (peer) => {
      await peer.until('\r\n\r\n');
      peer.write(SWITCHED.replace(/(\r\n)\r\n$/, '$1Set-Cookie: a=1; Path=/\r\nSet-Cookie: b=2; Path=/x\r\n\r\n'));
    });
    const lb = balance({ backends: [backend.url] });
    const app = express().use('/chat', lb);
    const server = createServer(app);
    lb.attach(server, app);
    const { port } = await listen(server);
    const client = await rawClient(port);
    client.write(HANDSHAKE.replace('GET /ws', 'GET /chat/ws'));
    const head = await client.until('\r\n\r\n');
    expect(head.match(/^Set-Cookie: .*/gim)).toEqual(['Set-Cookie: a=1; Path=/chat', 'Set-Cookie: b=2; Path=/chat/x']);
    client.socket.destroy();
  });

  describe.each(Object.entries(leave))('a client that leaves with a %s', (_name, go) => {
    test('in the middle of a handshake frees the backend and harms nobody', async () => {
      const backend = await rawOrigin();
      const { port, lb } = await front({ backends: [backend.url] });
      const over = nextEvent(lb, 'request');
      const client = await rawClient(port);
      client.write(HANDSHAKE);
      await (await backend.peer(0)).until('\r\n\r\n');
      go(client);
      await backend.atMost(0);
      expect(await over).toMatchObject({ outcome: 'aborted', upgrade: true });
      expect(lb.stats()).toMatchObject({ requests: { active: 0, upgrades: 0, aborted: 1 }, backends: [{ failed: 0 }] });
    });

    test('in a tunnel frees the backend', async () => {
      const backend = await switching();
      const { port, lb } = await front({ backends: [backend.url] });
      const over = nextEvent(lb, 'request');
      const client = await rawClient(port);
      client.write(HANDSHAKE);
      await client.until('\r\n\r\n');
      go(client);
      await backend.atMost(0);
      await over;
      expect(lb.stats().requests).toMatchObject({ active: 0, upgrades: 0 });
    });

    test('while the backend does not read frees the backend', async () => {
      const backend = await switching((peer) => peer.socket.pause());
      const { port, lb } = await front({ backends: [backend.url] });
      const over = nextEvent(lb, 'request');
      const client = await rawClient(port);
      client.write(HANDSHAKE);
      await client.until('\r\n\r\n');
      await new Promise<void>((resolve) => client.socket.write(Buffer.alloc(1 << 20), () => resolve()));
      go(client);
      await over;
      expect(lb.stats().requests).toMatchObject({ active: 0, upgrades: 0 });
    });

    test('mid-handshake leaves other sockets alone', async () => {
      const backend = await socketOrigin();
      const { port } = await front({ backends: [backend.url] });
      const stays = await dial(port);
      for (let i = 0; i < 20; i++) {
        const client = await rawClient(port);
        client.write(HANDSHAKE);
        go(client);
      }
      stays.send('still here');
      expect((await nextMessage(stays)).data.toString()).toBe('still here');
      await backend.atMost(1);
    });
  });

  describe.each(Object.entries(leave))('a backend that leaves with a %s', (_name, go) => {
    test('ends the client and the lease', async () => {
      const backend = await switching();
      const { port, lb } = await front({ backends: [backend.url] });
      const over = nextEvent(lb, 'request');
      const client = await rawClient(port);
      client.write(HANDSHAKE);
      await client.until('\r\n\r\n');
      go(await backend.peer(0));
      await client.closed;
      await over;
      expect(lb.stats().requests).toMatchObject({ active: 0, upgrades: 0 });
    });

    test('while the client does not read releases the lease', async () => {
      const backend = await switching();
      const { port, lb } = await front({ backends: [backend.url] });
      const over = nextEvent(lb, 'request');
      const client = await rawClient(port);
      client.write(HANDSHAKE);
      await client.until('\r\n\r\n');
      client.socket.pause();
      const peer = await backend.peer(0);
      peer.socket.write(Buffer.alloc(1 << 20));
      go(peer);
      await over;
      expect(lb.stats().requests).toMatchObject({ active: 0, upgrades: 0 });
    });
  });

  test('bytes behind the handshake, and behind the 101, are not lost', async () => {
    const backend = await rawOrigin(async (peer) => {
      await peer.until('\r\n\r\n');
      peer.write(`${SWITCHED}early from the backend`);
      await peer.until('early from the client');
      peer.write(' and more');
    });
    const { port } = await front({ backends: [backend.url] });
    const client = await rawClient(port);
    client.write(`${HANDSHAKE}early from the client`);
    await client.until('early from the backend and more');
  });

  test('a tunnel carries bytes that are no WebSocket, both ways at once', async () => {
    const backend = await switching((peer) => peer.write(Buffer.alloc(4 << 20, 'b')));
    const { port } = await front({ backends: [backend.url] });
    const client = await rawClient(port);
    client.write(HANDSHAKE);
    client.write(Buffer.alloc(4 << 20, 'c'));
    await client.untilBytes(4 << 20);
    await (await backend.peer(0)).untilBytes(4 << 20);
  });

  test('what one side said before its FIN still arrives', async () => {
    const backend = await switching();
    const { port } = await front({ backends: [backend.url] });
    const client = await rawClient(port);
    client.write(HANDSHAKE);
    await client.until('\r\n\r\n');
    client.socket.end(Buffer.alloc(3 << 20, 'x'));
    const { text } = await (await backend.peer(0)).closed;
    expect(text.match(/x+$/)?.[0]).toHaveLength(3 << 20);
  });

  test('an upgrade pipelined behind a request that is still being answered harms nobody', async () => {
    const thrown: Error[] = [];
    const onThrown = (error: Error): void => {
      thrown.push(error);
    };
    process.on('uncaughtException', onThrown);
    onTestFinished(() => {
      process.off('uncaughtException', onThrown);
    });
    const backend = await rawOrigin(async (peer) => {
      await peer.until('\r\n\r\n');
      if (peer.text.startsWith('GET /slow ')) peer.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow');
    });
    const { port, lb } = await front({ backends: [backend.url] });
    const over = nextEvent(lb, 'request');
    const client = await rawClient(port);
    client.write(`GET /slow HTTP/1.1\r\nHost: a\r\n\r\n${HANDSHAKE}`);
    await over;
    client.socket.destroy();
    await lb.close();
    await backend.atMost(0);
    expect(lb.stats().requests).toMatchObject({ active: 0, upgrades: 0, failed: 0 });
    expect(thrown).toEqual([]);
  });

  test('a client that is gone before the upgrade is handled is let go', async () => {
    const backend = await socketOrigin();
    const { lb } = await front({ backends: [backend.url] });
    const served = await handlerOrigin(() => {});
    const handled = new Promise<void>((resolve) => {
      served.server.on('upgrade', (request, socket, head) => {
        socket.destroy();
        lb.upgrade(request, socket, head);
        resolve();
      });
    });
    const client = await rawClient(served.port);
    client.write(HANDSHAKE);
    await handled;
    expect(lb.stats().requests.active).toBe(0);
  });

  test('a handshake is sent without a body', async () => {
    const backend = await rawOrigin();
    const { port } = await front({ backends: [backend.url] });
    const client = await rawClient(port);
    client.write(HANDSHAKE);
    const head = await (await backend.peer(0)).until('\r\n\r\n');
    expect(head).not.toMatch(/content-length|transfer-encoding/i);
  });
});
