/** Two backends in one process; tells the parent their URLs and, when asked, how many connections they have had. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { LARGE } from './paths.js';

process.once('disconnect', () => process.exit());

let connections = 0;

const large = Buffer.alloc(LARGE, 'fairlead');

/** Answers with how much has come; the client takes anything short of a large body for an error. */
function receive(/** @type {any} */ request, /** @type {any} */ response) {
  let size = 0;
  request.on('data', (/** @type {Buffer} */ chunk) => {
    size += chunk.length;
  });
  request.on('end', () => response.writeHead(size === LARGE ? 200 : 400, { 'content-length': 0 }).end());
}

async function backend(/** @type {string} */ name) {
  const body = JSON.stringify({
    backend: name,
    items: ['anchor', 'bollard', 'capstan', 'davit', 'fairlead'],
    total: 5,
    page: 1,
  });
  // With the charset that Express would add in express-http-proxy: all sides are to give the same answers.
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) };
  // Only the paths that a mount at /api leaves are answered.
  const server = createServer((request, response) => {
    if (request.url === '/items?page=1') response.writeHead(200, headers).end(body);
    else if (request.url === '/large') response.writeHead(200, { 'content-length': LARGE }).end(large);
    else if (request.url === '/upload') receive(request, response);
    else response.writeHead(404, { 'content-length': 0 }).end();
  });
  server.on('connection', () => connections++);
  server.on('upgrade', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    // Nobody in this benchmark looks at Sec-WebSocket-Accept.
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    socket.on('end', () => socket.end()).resume();
  });
  // A side's idle connections last until its next turn.
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address()?.port}`;
}

process.on('message', () => process.send?.(connections));
process.send?.(await Promise.all([backend('a'), backend('b')]));
