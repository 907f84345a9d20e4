// An app with a balancer in a process of its own, as users run it: built, behind Express. Its options come as JSON.
import express from 'express';
import { loadBalancer } from 'fairlead';

const lb = loadBalancer(JSON.parse(process.argv[2] ?? '{}'));
const app = express().use(lb);
const server = app.listen(0, '127.0.0.1', () => process.send?.({ port: server.address().port }));
lb.attach(server, app);
process.on('message', ({ id, state, drain }) => {
  if (state !== undefined) lb.setState(id, state);
  if (drain !== undefined) lb.drain(id, drain).then((report) => process.send?.({ report }));
  process.send?.({ stats: lb.stats() });
});
process.once('SIGTERM', async () => {
  server.close();
  const report = await lb.close({ timeout: '20s' });
  process.send?.({ report }, () => process.disconnect());
  server.closeAllConnections();
});
process.once('disconnect', () => process.exit());
