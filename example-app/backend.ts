/**
 * One demo backend, started by backends.ts as a process of its own: `node backend.js <id> <port> <delay in ms>`.
 * Its baskets live in its memory, as sessions do in many an app: whoever is sent elsewhere has lost them.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import express, { type Request, type Response } from 'express';
import { WebSocketServer } from 'ws';

const [id = 'backend', port = '0', delay = '0'] = process.argv.slice(2);

const app = express();
app.use(express.json());
app.get('/health', (_request, response) => answer(response, { status: 'ok' }));
app.use(async (_request, _response, next) => {
  if (delay !== '0') await wait(Number(delay));
  next();
});

app.all('/', ({ method, body, headers }, response) => {
  answer(response, { method, ...(body !== undefined && { body }), client: headers['x-forwarded-for'] });
});

app.get('/sleep', async ({ query }, response) => {
  const ms = Math.min(Number(query.ms) || 0, 10_000);
  await wait(ms);
  answer(response, { slept: ms });
});

const baskets = new Map<string, string[]>();

/** The client's basket. One that is not known here is never taken over from the client: it gets a new, empty one. */
function basketOf(request: Request, response: Response): string[] {
  const known = baskets.get(/(?:^|; *)basket=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
  if (known !== undefined) return known;
  const name = randomUUID();
  const basket: string[] = [];
  baskets.set(name, basket);
  response.cookie('basket', name, { httpOnly: true, sameSite: 'lax' });
  return basket;
}

app
  .route('/basket')
  .get((request, response) => answer(response, { basket: basketOf(request, response) }))
  .post((request, response) => {
    const basket = basketOf(request, response);
    basket.push(String(request.body?.item ?? 'nothing'));
    answer(response, { basket });
  });

/** JSON that says who answers, a line of it. */
function answer(response: Response, value: object): void {
  response.type('json').send(`${JSON.stringify({ backend: id, pid: process.pid, ...value })}\n`);
}

const server = createServer(app);
// The balancer keeps idle connections for later requests. A backend that closes them after Node's 5 s may do so in the
// very moment the next request is on its way: the longer one must be the backend's.
server.keepAliveTimeout = 75_000;

new WebSocketServer({ server, path: '/live' }).on('connection', (socket) => {
  socket.on('error', () => socket.terminate());
  socket.on('message', (data) => socket.send(`${id}: ${data}`));
});

// Ctrl-C reaches the whole process group. The app is the one to end us, once what is in flight has been answered.
process.on('SIGINT', () => {});
// The app is gone, however it ended.
process.on('disconnect', () => process.exit());

server.listen(Number(port), '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
