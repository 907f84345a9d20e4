// A backend of its own process: `/hold` is never answered, everything else at once. Tells its parent how many it holds.
import { createServer } from 'node:http';

let held = 0;
const server = createServer((request, response) => {
  request.resume();
  if (request.url !== '/hold') {
    response.end('ok');
    return;
  }
  held++;
  process.send?.({ held });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: server.address().port }));
process.once('disconnect', () => process.exit());
