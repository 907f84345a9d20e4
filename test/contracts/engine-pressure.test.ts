import { describe, expect, test } from 'vitest';
import { front, nextEvent } from '../support/balance.js';
import { engineNames } from '../support/engines.js';
import { type Peer, rawClient, rawOrigin } from '../support/peer.js';

const MB = 1 << 20;
/** What kernel buffers on both hops may hold besides the proxy: loopback sockets grow to several MB a side. */
const KERNEL = 16 * MB;
const ALL = 256 * MB;

/** Writes until the other side no longer takes it, or everything is gone; resolves with the bytes taken. */
function pour(peer: Peer, total: number): { taken: () => number; whole: Promise<void>; stuck: Promise<void> } {
  const block = Buffer.alloc(64 * 1024, 'x');
  let written = 0;
  let onStuck = (): void => {};
  const stuck = new Promise<void>((resolve) => {
    onStuck = resolve;
  });
  const whole = new Promise<void>((resolve) => {
    const more = (): void => {
      while (written < total) {
        written += block.length;
        if (!peer.socket.write(block)) break;
      }
      if (written >= total) peer.socket.write('', () => resolve());
      else peer.socket.once('drain', more);
    };
    more();
  });
  // Stuck: for several turns of the event loop nothing has moved, though everyone had the chance to.
  let seen = -1;
  let still = 0;
  const watch = (): void => {
    const taken = peer.socket.bytesWritten - peer.socket.writableLength;
    still = taken === seen ? still + 1 : 0;
    seen = taken;
    if (still > 2000) onStuck();
    else setImmediate(watch);
  };
  watch();
  return { taken: () => peer.socket.bytesWritten - peer.socket.writableLength, whole, stuck };
}

describe.each(engineNames)('engine %s: back-pressure', (engine) => {
  test('a client that does not read stops the backend, and gets everything once it does', async () => {
    const backend = await rawOrigin();
    const { port, lb } = await front({ engine, backends: [backend.url] });
    const client = await rawClient(port);
    client.socket.pause();
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const peer = await backend.peer(0);
    await peer.until('\r\n\r\n');
    peer.write(`HTTP/1.1 200 OK\r\nContent-Length: ${ALL}\r\n\r\n`);
    const { taken, whole, stuck } = pour(peer, ALL);
    await stuck;
    expect(taken()).toBeLessThan(KERNEL);
    expect(lb.stats().requests.active).toBe(1);
    const over = nextEvent(lb, 'request');
    client.socket.removeAllListeners('data');
    client.socket.resume();
    await whole;
    expect(await over).toMatchObject({ outcome: 'answered' });
  });

  test('a backend that does not read stops the client, and gets everything once it does', async () => {
    const backend = await rawOrigin((peer) => peer.socket.pause());
    const { port, lb } = await front({ engine, backends: [backend.url] });
    const client = await rawClient(port);
    client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${ALL}\r\n\r\n`);
    const peer = await backend.peer(0);
    const { taken, whole, stuck } = pour(client, ALL);
    await stuck;
    expect(taken()).toBeLessThan(KERNEL);
    const over = nextEvent(lb, 'request');
    peer.socket.removeAllListeners('data');
    peer.socket.resume();
    await whole;
    peer.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await client.until('ok');
    expect(await over).toMatchObject({ outcome: 'answered' });
  });
});
