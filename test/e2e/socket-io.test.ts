import { createServer } from 'node:http';
import express from 'express';
import type { LoadBalancer, LoadBalancerOptions } from 'fairlead';
import { Server } from 'socket.io';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { balance } from '../support/balance.js';
import { engineNames } from '../support/engines.js';
import { type Listening, listen } from '../support/listen.js';

/** A backend as the recipe has it: tells a client who serves it, and what is said to everyone it knows. */
async function chatBackend(id: string): Promise<Listening> {
  const server = createServer();
  const chat = new Server(server);
  chat.on('connection', (socket) => {
    socket.emit('welcome', id);
    socket.on('say', (text: string, heard: (by: string) => void) => {
      chat.emit('said', `${id}: ${text}`);
      heard(id);
    });
  });
  onTestFinished(() => chat.close());
  return listen(server);
}

type Transports = ('polling' | 'websocket')[];

interface Guest {
  readonly socket: Socket;
  /** Who welcomed it, one after the other. */
  readonly homes: readonly string[];
  readonly heard: readonly string[];
  /** Resolves once it has been welcomed this often. */
  readonly welcomed: (times: number) => Promise<void>;
  readonly upgraded: () => Promise<void>;
  /** Says something to everyone; resolves with the backend that took it. */
  readonly say: (text: string) => Promise<string>;
}

/** A client of Node.js with the recipe's options; how long it waits before it comes back is all that is different. */
function guest(url: string, options: Partial<ManagerOptions & SocketOptions> = {}): Guest {
  const waits = { reconnectionDelay: 5, reconnectionDelayMax: 20 };
  const transports: Transports = ['polling', 'websocket'];
  const socket = io(url, { withCredentials: true, transports, forceNew: true, ...waits, ...options });
  onTestFinished(() => {
    socket.disconnect();
  });
  const homes: string[] = [];
  const heard: string[] = [];
  const waiting = new Set<() => void>();
  socket.on('said', (text: string) => heard.push(text));
  socket.on('welcome', (by: string) => {
    homes.push(by);
    for (const check of [...waiting]) check();
  });
  const welcomed = (times: number): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (homes.length >= times) resolve();
      };
      waiting.add(check);
      check();
    });
  const upgraded = (): Promise<void> =>
    new Promise((resolve) => {
      const { engine } = socket.io;
      if (engine.transport.name === 'websocket') resolve();
      else engine.once('upgrade', () => resolve());
    });
  const say = (text: string): Promise<string> => socket.emitWithAck('say', text);
  return { socket, homes, heard, welcomed, upgraded, say };
}

interface Chat {
  readonly url: string;
  readonly lb: LoadBalancer;
  readonly backends: Readonly<Record<string, Listening>>;
}

/** The recipe: backends, a balancer under a mount, an app, and a server that leads its upgrades through the app. */
async function chat(options: Partial<LoadBalancerOptions>, mount = '/socket.io'): Promise<Chat> {
  const backends: Record<string, Listening> = {};
  for (const id of ['a', 'b', 'c']) backends[id] = await chatBackend(id);
  const list = Object.entries(backends).map(([id, { url }]) => ({ id, url }));
  const lb = balance({ name: 'chat', backends: list, sticky: true, strategy: 'round-robin', ...options });
  const app = express().use(mount, lb);
  const server = createServer(app);
  lb.attach(server, app);
  return { ...(await listen(server)), lb, backends };
}

/** The backends that got a request of this session. */
function servers(lb: LoadBalancer): Map<string, Set<string>> {
  const sessions = new Map<string, Set<string>>();
  lb.on('request', ({ url, backend = 'none' }) => {
    const sid = /[?&]sid=([^&]+)/.exec(url)?.[1];
    if (sid !== undefined) sessions.set(sid, (sessions.get(sid) ?? new Set()).add(backend));
  });
  return sessions;
}

/** Resolves once no request is under way and no tunnel is open. */
function quiet(lb: LoadBalancer): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (lb.stats().requests.active === 0) resolve();
    };
    lb.on('request', check);
    check();
  });
}

describe.each(engineNames)('socket.io, engine %s', (engine) => {
  test.each([
    ['/socket.io', '/socket.io', 'original'],
    ['/chat', '/chat/socket.io', 'stripped'],
    ['/', '/socket.io', 'stripped'],
  ] as const)('mounted at %s: long polling, then a WebSocket, all with one backend', async (mount, path, kept) => {
    const { url, lb } = await chat({ engine, path: kept }, mount);
    const sessions = servers(lb);
    const guests = [guest(url, { path }), guest(url, { path }), guest(url, { path })];
    for (const { welcomed, upgraded } of guests) {
      await welcomed(1);
      await upgraded();
    }
    for (const { say, homes } of guests) {
      for (let i = 0; i < 5; i++) expect(await say('hello')).toBe(homes[0]);
      expect(homes).toHaveLength(1);
    }
    expect(lb.stats().requests).toMatchObject({ upgrades: 3, failed: 0 });
    const ids = guests.map(({ socket }) => socket.io.engine.id);
    for (const { socket } of guests) socket.disconnect();
    await quiet(lb);
    expect(ids.map((id) => [...(sessions.get(id) ?? [])])).toEqual(guests.map(({ homes }) => homes));
    expect(lb.stats()).toMatchObject({ requests: { upgrades: 0, failed: 0 }, sticky: { assigned: 3, lost: 0 } });
  });

  test('long polling alone keeps to one backend too', async () => {
    const { url, lb } = await chat({ engine, path: 'original' });
    const { socket, homes, heard, welcomed, say } = guest(url, { transports: ['polling'] });
    await welcomed(1);
    const text = 'x'.repeat(200_000);
    for (let i = 0; i < 3; i++) expect(await say(text)).toBe(homes[0]);
    expect(heard).toEqual(Array(3).fill(`${homes[0]}: ${text}`));
    expect(lb.stats().requests).toMatchObject({ upgrades: 0, failed: 0 });
    expect(socket.io.engine.transport.name).toBe('polling');
  });

  test('a broadcast reaches everyone on its backend and nobody elsewhere', async () => {
    const { url } = await chat({ engine, path: 'original' });
    const guests: Guest[] = [];
    for (let i = 0; i < 6; i++) {
      const next = guest(url);
      await next.welcomed(1);
      guests.push(next);
    }
    const at = guests.map(({ homes }) => homes[0]);
    expect(at.toSorted()).not.toEqual(Array(6).fill(at[0]));
    const said: string[] = [];
    for (const [i, { say }] of guests.entries()) said.push(`${await say(`from ${i}`)}: from ${i}`);
    // Everyone speaks once more: what was said to all of a backend before is there before the answer to that.
    await Promise.all(guests.map(({ say }) => say('bye')));
    for (const { heard, homes } of guests) {
      const here = said.filter((text) => text.startsWith(`${homes[0]}:`));
      expect(heard.filter((text) => !text.endsWith('bye'))).toEqual(here);
    }
  });

  test('when its backend dies, a client comes back to another, and stays there', async () => {
    const { url, lb, backends } = await chat({ engine, path: 'original' });
    const { socket, homes, welcomed, upgraded, say } = guest(url);
    await welcomed(1);
    await upgraded();
    const [first = ''] = homes;
    const left = new Promise((resolve) => socket.once('disconnect', resolve));
    await backends[first]?.stop();
    expect(await left).toMatch(/^transport (close|error)$/);
    await welcomed(2);
    await upgraded();
    expect(homes[1]).not.toBe(first);
    for (let i = 0; i < 5; i++) expect(await say('still here')).toBe(homes[1]);
    expect(homes).toHaveLength(2);
    // In Node.js socket.io-client begins each connection without cookies: to the balancer it is a new client.
    expect(lb.stats()).toMatchObject({ requests: { upgrades: 1 }, sticky: { assigned: 2, lost: 0 } });
  });

  test('a client that comes back with the cookie of a dead backend gets another', async () => {
    const { url, lb, backends } = await chat({ engine, path: 'original' });
    const { headers } = await fetch(`${url}/socket.io/?EIO=4&transport=polling`);
    const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect(cookie).toMatch(/^fairlead\.chat=/);
    const dead = lb.stats().backends.find(({ total }) => total === 1)?.id ?? '';
    await backends[dead]?.stop();
    const { homes, welcomed, say } = guest(url, { extraHeaders: { cookie }, transports: ['polling'] });
    await welcomed(1);
    expect(homes[0]).not.toBe(dead);
    for (let i = 0; i < 5; i++) expect(await say('back again')).toBe(homes[0]);
    expect(lb.stats()).toMatchObject({ requests: { failed: 0 }, sticky: { assigned: 1, lost: 1 } });
  });

  test('WebSockets alone need no sticky session', async () => {
    const { url, lb } = await chat({ engine, sticky: false, path: 'original' });
    const guests = Array.from({ length: 3 }, () => guest(url, { withCredentials: false, transports: ['websocket'] }));
    await Promise.all(guests.map(({ welcomed }) => welcomed(1)));
    for (const { say, homes } of guests) expect(await say('hello')).toBe(homes[0]);
    expect(guests.map(({ homes }) => homes[0]).toSorted()).toEqual(['a', 'b', 'c']);
    expect(lb.stats().requests).toMatchObject({ total: 3, upgrades: 3 });
  });

  test('by address, no cookie is needed', async () => {
    const { url, lb } = await chat({ engine, sticky: 'ip', path: 'original' });
    const { homes, welcomed, upgraded, say } = guest(url, { withCredentials: false });
    await welcomed(1);
    await upgraded();
    expect(await say('hello')).toBe(homes[0]);
    expect(lb.stats().requests.failed).toBe(0);
  });
});
