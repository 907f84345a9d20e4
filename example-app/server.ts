/**
 * Starts the backends, the balancers and the app: `npm start` in the folder above.
 *
 * PORT (3000), HOST (localhost: /admin and /balancer have no auth here) and BACKEND_PORTS (three, with commas; any free ones) are read
 * from the environment.
 */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadBalancer } from 'fairlead';
import { dashboard } from 'fairlead/dashboard';
import { createApp } from './app.js';
import { startBackends } from './backends.js';
import { fromThisMachine } from './operators.js';
import { thingsToTry } from './things-to-try.js';

const { PORT = '3000', HOST = 'localhost', BACKEND_PORTS = '0,0,0' } = process.env;
const parent = process.ppid;
const cookieJar = path.join(tmpdir(), `fairlead-${process.pid}.jar`);

const running = await startBackends(BACKEND_PORTS.split(','));
const backends = running.map(({ id, url }) => ({ id, url }));

const api = loadBalancer({ name: 'api', backends, strategy: 'least-connections' });
const shop = loadBalancer({ name: 'shop', backends, strategy: 'round-robin', sticky: { by: 'cookie' } });
for (const balancer of [api, shop]) {
  balancer.on('error', ({ error, backend = 'no backend' }) => console.warn(`${backend}: ${error.code}`));
}

const page = dashboard([api, shop], { actions: fromThisMachine });
const app = createApp({ api, shop }, page);

// What no middleware can set, since it happens before a request or between two.
const server = createServer(
  {
    // Longer than a proxy in front keeps idle connections to us (60 s in AWS's and nginx's defaults), so that it is
    // never we who close one on which its next request is already under way. Node's default is 5 s.
    keepAliveTimeout: 65_000,
    // How long a client may take to send its headers, and the whole request. They bound what slow or malicious clients
    // hold; a large upload over a slow line must fit into the second.
    headersTimeout: 20_000,
    requestTimeout: 300_000,
    // Those two are checked only this often: 30 s by default, more than the headers are allowed.
    connectionsCheckingInterval: 5_000,
  },
  app,
);

// Node reports upgrades to the server, past Express: this leads them through the app, to whoever it mounts for them.
api.attach(server, app);

/** Ends everything in the order in which nobody notices. A second signal ends it at once. */
async function shutDown(): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // Its streams would never end by themselves.
  page.close();
  // What is in flight is answered; what comes now, on connections that are still open, gets 503.
  await Promise.all([api.close({ timeout: '10s' }), shop.close({ timeout: '10s' })]);
  // Kept alive by their clients. Whoever is still at one of the app's own routes has a second.
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), 1_000).unref();
  await closed;
  await Promise.all(running.map((backend) => backend.stop()));
  rmSync(cookieJar, { force: true });
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void shutDown());

if (process.env.npm_lifecycle_event === 'start') {
  // A signal sent to npm alone ends npm and its shell, and would leave us behind as an orphan that holds the port.
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    void shutDown();
  }, 500).unref();
}

server.listen(Number(PORT), HOST);
try {
  await once(server, 'listening');
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\nAnother port: PORT=3001 npm start`);
  process.exit(1);
}
const { port } = server.address() as AddressInfo;
console.log(thingsToTry(`${HOST}:${port}`, running, cookieJar));
