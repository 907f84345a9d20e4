/** Answers every check at once, on every address of this machine. */
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  request.resume();
  response.end('ok');
});
server.listen(0, '0.0.0.0', () => {
  process.send?.({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port });
});
process.once('disconnect', () => process.exit());
