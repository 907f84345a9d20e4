/**
 * An Express app with one side mounted at /api: `node host.js <backend> <backend> <side>`. Tells the parent its port, and
 * whenever it is asked, the CPU time it has taken.
 */
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import express from 'express';

process.once('disconnect', () => process.exit());

const args = process.argv.slice(2);
const side = args.pop() ?? '';
const { middleware } = await import(pathToFileURL(side).href);
const app = express();
app.use('/api', middleware(args));
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.(server.address()?.port);
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
