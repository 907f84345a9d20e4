import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadBalancer } from 'fairlead';
import { expect, test } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { balance, front, nextEvent } from '../support/balance.js';
import { ask } from '../support/client.js';
import { httpServer } from '../support/ill-servers.js';
import { listen } from '../support/listen.js';

test('a balancer that is refused at construction leaves no checks behind', async () => {
  let checks = 0;
  const { url } = await httpServer((_request, response) => {
    checks++;
    response.end();
  });
  const sticky = { by: 'cookie', name: 'taken', path: '/' } as const;
  balance({ name: 'first', backends: ['http://127.0.0.1:1'], sticky });
  const second = { name: 'second', backends: [url], sticky, health: { interval: 20 } };
  expect(() => loadBalancer(second)).toThrow('taken');
  await sleep(100);
  expect(checks).toBe(0);
});

test('a WebSocket that stands closes the breaker of its backend, however long it lasts', async () => {
  const server = createServer((_request, response) => response.writeHead(503).end());
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => sockets.handleUpgrade(request, socket, head, () => {}));
  const { url } = await listen(server);
  const { lb, port } = await front({ backends: [url], breaker: { failures: 1, openFor: 50 } });
  const halfOpen = nextEvent(lb, 'breaker:half-open');
  await ask(port);
  expect(lb.stats().backends[0]?.breaker).toBe('open');
  await halfOpen;
  const closed = nextEvent(lb, 'breaker:close');
  const client = new WebSocket(`ws://127.0.0.1:${port}/`);
  await Promise.all([closed, once(client, 'open')]);
  expect(lb.stats().backends[0]).toMatchObject({ breaker: 'closed', available: true, upgrades: 1 });
  client.terminate();
});
