/** A backend of its own process: answers after about 5 ms, or with 500 while it is told to. `node backend.js <port>` */
import { createServer } from 'node:http';

let failing = false;
process.on('message', (message) => {
  failing = message === 'fail';
});
process.once('disconnect', () => process.exit());

const server = createServer((request, response) => {
  request.resume();
  setTimeout(() => {
    if (failing) response.writeHead(500).end('broken');
    else response.end('ok');
  }, 5);
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv[2]), '127.0.0.1', () => {
  process.send?.({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port });
});
