/** Two backends in one process; tells the parent their URLs. Only the path that a mount at /api leaves is answered. */
import { once } from 'node:events';
import { createServer } from 'node:http';

process.once('disconnect', () => process.exit());

async function backend(/** @type {string} */ name) {
  const body = JSON.stringify({
    backend: name,
    items: ['anchor', 'bollard', 'capstan', 'davit', 'fairlead'],
    total: 5,
    page: 1,
  });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const server = createServer((request, response) => {
    const known = request.url === '/items?page=1';
    response.writeHead(known ? 200 : 404, headers).end(body);
  });
  // A side's idle connections last until its next turn.
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address()?.port}`;
}

process.send?.(await Promise.all([backend('a'), backend('b')]));
