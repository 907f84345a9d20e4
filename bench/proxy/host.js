/**
 * One side, listening: `node host.js <express | bare> <side> <backend>...`; in Express it is mounted at /api. Tells the
 * parent its port and, whenever it is asked, the CPU time it has taken or the memory it holds.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

process.once('disconnect', () => process.exit());

const [group, file = '', ...backends] = process.argv.slice(2);
const side = await import(pathToFileURL(file).href);

/** What `createServer` is given. */
async function listener(/** @type {any} */ handler) {
  if (group === 'bare') return handler;
  const { default: express } = await import('express');
  return express().use('/api', handler);
}

async function serve() {
  const handler = side.middleware(backends);
  const server = createServer(await listener(handler));
  if (handler.upgrade) server.on('upgrade', handler.upgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address()?.port;
}

const answers = {
  cpu() {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  memory() {
    globalThis.gc?.();
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    return { rss, heapUsed };
  },
};

process.on('message', (/** @type {keyof typeof answers} */ question) => process.send?.(answers[question]()));
process.send?.(await (side.serve ? side.serve(backends) : serve()));
