/** The app under test, and everything about it that can be counted. */
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:http';
import express from 'express';
import { loadBalancer } from '../../dist/index.js';

/** @import { EventEmitter } from 'node:events' */
/** @import { Socket } from 'node:net' */

/** @typedef {Record<string, number>} Counts */

const listeners = (/** @type {EventEmitter} */ emitter) =>
  emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);

/**
 * Connections this process has made, all of them to backends. Those kept idle do not hold the process, and so are not
 * among its resources.
 *
 * @type {Set<Socket>}
 */
const toBackends = new Set();
subscribe('net.client.socket', (message) => {
  const { socket } = /** @type {{ socket: Socket }} */ (message);
  toBackends.add(socket);
  socket.once('close', () => toBackends.delete(socket));
});

/** What belongs to child processes, which come and go, and the sockets, which are counted by themselves. */
const NOT_OURS = ['PipeWrap', 'ProcessWrap', 'TTYWrap', 'Timeout', 'TCPSocketWrap'];

/** Starts the app. @param {'http-proxy' | 'undici'} engine @param {readonly string[]} backends */
export async function startHost(engine, backends) {
  const timeouts = { connect: 2000, headers: 5000, idle: 5000, tunnel: 5000 };
  const lb = loadBalancer({ engine, backends: [...backends], sticky: true, timeouts });
  const app = express().use('/api', lb);
  const server = createServer(app);
  server.keepAliveTimeout = 1000;
  lb.attach(server, app);
  /** @type {Set<Socket>} */
  const clients = new Set();
  server.on('connection', (socket) => {
    clients.add(socket);
    socket.once('close', () => clients.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  /** What there is now. Of the connections to backends those that are kept idle, too. */
  const counts = () => {
    const { active, upgrades } = lb.stats().requests;
    const resources = process.getActiveResourcesInfo();
    return {
      'active requests': active,
      'open upgrades': upgrades,
      'client connections': clients.size,
      'backend connections': toBackends.size,
      timers: resources.filter((name) => name === 'Timeout').length,
      'other handles': resources.filter((name) => !NOT_OURS.includes(name)).length,
      'listeners on the server': listeners(server),
      'listeners on the process': listeners(process),
      'most listeners on a connection to a backend': Math.max(0, ...[...toBackends].map(listeners)),
    };
  };
  const address = server.address();
  return { lb, server, counts, port: typeof address === 'object' ? (address?.port ?? 0) : 0 };
}

/** @typedef {Awaited<ReturnType<typeof startHost>>} Host */

/** Waits until nothing is under way and nobody is connected, for as long as the longest timeout. @param {Host} host */
export async function quiet({ counts }) {
  for (let left = 160; left > 0; left--) {
    const now = counts();
    if (now['active requests'] + now['open upgrades'] + now['client connections'] === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Megabytes of heap in use once everything is collected that can be. */
export async function heap() {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    // What waits for a turn, or for finalizers, has it.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().heapUsed / 2 ** 20;
}
