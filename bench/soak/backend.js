/**
 * One backend of its own process: `node backend.js <port> <seed>` (0 for any port). Tells the parent its port. What it
 * does to a request is in the path: `/ok`, `/echo`, `/large`, `/events`, `/slow`, `/reset`, and WebSockets.
 */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { seeded } from './random.js';

process.once('disconnect', () => process.exit());

const [port = '0', seed = '1'] = process.argv.slice(2);
const random = seeded(Number(seed));
const BLOCK = Buffer.alloc(64 * 1024, 'x');

/** @import { IncomingMessage, ServerResponse } from 'node:http' */

/** 4 MB at the reader's pace. */
function large(/** @type {ServerResponse} */ response) {
  let left = 64;
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left--;
      if (!response.write(BLOCK)) return;
    }
    if (left === 0) response.end();
  };
  response.on('drain', more);
  more();
}

/** Events until the client leaves, or for a second. */
function events(/** @type {ServerResponse} */ response) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let count = 0;
  const timer = setInterval(() => {
    response.write(`data: ${++count}\n\n`);
    if (count === 20) response.end();
  }, 50);
  response.once('close', () => clearInterval(timer));
}

/** Breaks the connection before, in or after the head of the answer. */
function reset(/** @type {ServerResponse} */ response) {
  const when = Math.floor(random() * 3);
  if (when > 0) response.writeHead(200, { 'content-length': 100_000 }).flushHeaders();
  if (when > 1) response.write(BLOCK);
  setTimeout(() => response.socket?.resetAndDestroy(), random() * 20);
}

const routes = /** @type {Record<string, (response: ServerResponse, request: IncomingMessage) => unknown>} */ ({
  '/ok': (response) => response.end('ok'),
  '/echo': (response, request) => request.pipe(response),
  '/large': large,
  '/events': events,
  '/slow': (response) => setTimeout(() => response.end('slow'), 100 + random() * 200),
  '/reset': reset,
});

const server = createServer((request, response) => {
  request.on('error', () => {});
  response.on('error', () => {});
  if (request.url !== '/echo') request.resume();
  (routes[request.url ?? ''] ?? ((other) => other.writeHead(404).end()))(response, request);
});
// Longer than any connection is kept idle in front of it.
server.keepAliveTimeout = 60_000;
new WebSocketServer({ server }).on('connection', (socket) => {
  socket.on('error', () => {});
  socket.on('message', (data, binary) => socket.send(data, { binary }));
});
server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : 0);
});
