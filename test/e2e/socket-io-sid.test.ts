import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { front } from '../support/balance.js';
import { ask } from '../support/client.js';
import { listen } from '../support/listen.js';

/** A backend of socket.io that says its name. */
async function chat(name: string): Promise<string> {
  const server = createServer();
  const chats = new Server(server, { pingInterval: 500 });
  chats.on('connection', (socket) => {
    socket.on('who', (answer: (name: string) => void) => answer(name));
  });
  onTestFinished(async () => {
    await chats.close();
  });
  return (await listen(server)).url;
}

async function connected(port: number, options: object): Promise<Socket> {
  const socket = io(`http://127.0.0.1:${port}`, { forceNew: true, reconnection: false, ...options });
  onTestFinished(() => {
    socket.close();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

const who = (socket: Socket): Promise<string> => socket.timeout(5000).emitWithAck('who');

async function house() {
  const names = ['a', 'b', 'c'];
  const backends = await Promise.all(names.map(async (id) => ({ id, url: await chat(id) })));
  return { names, ...(await front({ strategy: 'round-robin', sticky: { by: 'learn', query: 'sid' }, backends })) };
}

describe('socket.io by its sid, without any cookie', () => {
  test('polls at the backend that has its session', async () => {
    const { names, port, lb } = await house();
    const sockets = await Promise.all(Array.from({ length: 9 }, () => connected(port, { transports: ['polling'] })));
    const homes = await Promise.all(sockets.map(who));
    expect(new Set(homes)).toEqual(new Set(names));
    for (let round = 0; round < 3; round++) expect(await Promise.all(sockets.map(who))).toEqual(homes);
    expect(lb.stats().sticky).toMatchObject({ assigned: 9, lost: 0, ignored: 0 });
  });

  test('upgrades to a WebSocket there', async () => {
    const { port, lb } = await house();
    for (let i = 0; i < 4; i++) {
      const socket = await connected(port, { transports: ['polling', 'websocket'] });
      const home = await who(socket);
      const { engine } = socket.io;
      if (engine.transport.name !== 'websocket') {
        await new Promise<void>((resolve, reject) => {
          engine.once('upgrade', () => resolve());
          engine.once('upgradeError', reject);
          engine.once('close', reject);
        });
      }
      expect(engine.transport.name).toBe('websocket');
      expect(await who(socket)).toBe(home);
    }
    expect(lb.stats().requests.upgrades).toBe(4);
  });

  test('the handshake’s answer passes as it is', async () => {
    const { port } = await house();
    const { text, headers } = await ask(port, { path: '/socket.io/?EIO=4&transport=polling' });
    expect(text).toMatch(/^0\{"sid":"[^"]+",.*\}$/);
    expect(headers['content-length']).toBe(String(text.length));
    expect(headers['set-cookie']).toBeUndefined();
  });
});
