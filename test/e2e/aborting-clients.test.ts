import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { balance, ended } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { listen } from '../support/listen.js';
import { handlerOrigin } from '../support/origin.js';
import { rawClient } from '../support/peer.js';
import { HANDSHAKE } from '../support/sockets.js';

/** Random numbers that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Turns of the event loop: chance in time without a clock. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Clients at once. */
const WAVE = 50;

const BODY = 'x'.repeat(20_000);
const kinds = [
  'GET /quick HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /large HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /endless HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /silent HTTP/1.1\r\nHost: a\r\n\r\n',
  `POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
  `POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length: ${2 * BODY.length}\r\n\r\n${BODY}`,
  `POST /silent HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4e20\r\n${BODY}\r\n`,
  'GET /quick HTTP/1.1\r\nHost: a\r\n\r\nGET /silent HTTP/1.1\r\nHost: a\r\n\r\n',
  HANDSHAKE,
];

function listeners(emitter: {
  eventNames(): (string | symbol)[];
  listenerCount(name: string | symbol): number;
}): string {
  return emitter
    .eventNames()
    .map((name) => `${String(name)}: ${emitter.listenerCount(name)}`)
    .sort()
    .join(', ');
}

/** Connections of a backend on which something is going on: a request that is not over, or a tunnel. */
class Busy {
  readonly #sockets = new Map<Duplex, number>();
  #onNone = (): void => {};

  constructor(server: Server) {
    server.on('request', (request, response) => {
      this.#add(request.socket, 1);
      response.once('close', () => this.#add(request.socket, -1));
    });
    server.on('upgrade', (_request, socket) => {
      this.#add(socket, 1);
      socket.once('close', () => this.#add(socket, -1));
    });
  }

  none(): Promise<void> {
    return new Promise((resolve) => {
      this.#onNone = resolve;
      this.#check();
    });
  }

  #add(socket: Duplex, count: number): void {
    const now = (this.#sockets.get(socket) ?? 0) + count;
    if (now === 0) this.#sockets.delete(socket);
    else this.#sockets.set(socket, now);
    this.#check();
  }

  #check(): void {
    if (this.#sockets.size === 0) this.#onNone();
  }
}

test.each(engineNames.flatMap((engine) => [1, 2, 3].map((seed) => [engine, seed] as const)))(
  '500 clients that leave at random moments leave nothing behind (engine %s, seed %i)',
  { timeout: 60_000 },
  async (engine, seed) => {
    const random = seeded(seed);
    const backend = await handlerOrigin(async (request, response) => {
      request.on('error', () => {});
      response.on('error', () => {});
      if (request.url === '/silent') request.resume();
      else if (request.url === '/endless') {
        const more = (): void => {
          while (!response.destroyed && response.write(BODY));
        };
        response.on('drain', more);
        more();
      } else {
        if (request.url === '/slow') await turns(20);
        request.resume().on('end', () => response.end(request.url === '/large' ? BODY.repeat(50) : 'ok'));
      }
    });
    backend.server.on('upgrade', (_request, socket) => {
      socket.on('error', () => {});
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello');
      socket.pipe(socket);
    });
    const busy = new Busy(backend.server);
    const lb = balance({ engine, backends: [backend.url] });
    const server = createServer(lb);
    server.on('upgrade', lb.upgrade);
    const served = await listen(server);

    // Warm: whatever is made once is made now.
    await ask(served.port, { path: '/quick' });
    const shared = (): string => [process, server, backend.server].map(listeners).join(' | ');
    const before = shared();
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => {
      warnings.push(`${warning.name}: ${warning.message}`);
    };
    process.on('warning', onWarning);

    let begun = 0;
    server.on('request', () => begun++);
    server.on('upgrade', () => begun++);
    let over = 0;
    lb.on('request', () => over++);
    const leave = async (): Promise<void> => {
      const client = await rawClient(served.port);
      client.write(kinds[Math.floor(random() * kinds.length)] ?? '');
      const [wait, way] = [random() < 0.2 ? 0 : Math.floor(random() * 60), random()];
      await turns(wait);
      if (way < 0.5) client.socket.resetAndDestroy();
      else client.socket.destroy();
      await client.closed;
    };
    for (let left = 500; left > 0; left -= WAVE) await Promise.all(Array.from({ length: WAVE }, leave));

    // Everyone is gone: every request comes to its end by itself, without any timeout.
    await served.atMost(0);
    while (over < begun) await ended(lb, 1);
    expect(begun).toBeGreaterThan(300);
    expect(lb.stats()).toMatchObject({
      requests: { active: 0, upgrades: 0, failed: 0, total: begun + 1 },
      backends: [{ active: 0, upgrades: 0, failed: 0 }],
    });

    // Of the connections to the backend only idle ones are left, kept for the next request; closing ends those too.
    await busy.none();
    expect(backend.open.size).toBeLessThanOrEqual(WAVE);
    expect((await ask(served.port, { path: '/quick' })).text).toBe('ok');
    process.off('warning', onWarning);
    server.removeAllListeners('request').removeAllListeners('upgrade');
    server.on('request', lb).on('upgrade', lb.upgrade);
    expect(shared()).toBe(before);
    expect(warnings).toEqual([]);
    const gone = backend.atMost(0);
    await lb.close();
    await gone;
  },
);
