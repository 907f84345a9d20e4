// A backend of its own process: a POST is carried out once its body is there, and that is written down before it is
// answered; a SIGKILL cannot lose it. SIGTERM lets what is under way finish.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [, , host, port, ledger] = process.argv;

const server = createServer((request, response) => {
  if (request.method !== 'POST') {
    request.resume();
    response.end('ok');
    return;
  }
  let id = '';
  request.setEncoding('utf8').on('data', (text) => {
    id += text;
  });
  request.on('end', () => {
    appendFileSync(ledger, `${id}\n`);
    response.end('done');
  });
});
server.keepAliveTimeout = 60_000;
// Some other process's connection may have the port for a moment.
server.on('error', (error) => {
  if (error.code !== 'EADDRINUSE') throw error;
  setTimeout(listen, 20);
});
const listen = () => server.listen(Number(port), host);
server.once('listening', () => process.send?.(server.address().port));
listen();
process.once('SIGTERM', () => server.close(() => process.exit()));
process.once('disconnect', () => process.exit());
