import { expect, test } from 'vitest';
import { appProcess } from '../support/app-process.js';
import { ask, oneConnection } from '../support/client.js';
import { rawClient, rawOrigin } from '../support/peer.js';
import { closeOf, dial, socketOrigin } from '../support/sockets.js';

test('SIGTERM, as docs/recipes/graceful-shutdown.md has it: what is under way ends, and so does the process', async () => {
  const slow = await rawOrigin(async (peer) => {
    await peer.until('\r\n\r\n');
    if (peer.text.includes('/stream')) peer.write('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npart');
  });
  const sockets = await socketOrigin();
  const app = await appProcess({
    backends: [
      { id: 'slow', url: slow.url },
      { id: 'sockets', url: sockets.url },
    ],
    sticky: { by: 'header', name: 'X-To' },
  });
  const agent = oneConnection();
  const asked = ask(app.port, { agent, headers: { 'X-To': 'slow' } });
  await (await slow.peer(0)).until('\r\n\r\n');
  const stream = await rawClient(app.port);
  stream.write('GET /stream HTTP/1.1\r\nHost: a\r\nX-To: slow\r\n\r\n');
  await stream.until('part');
  const idle = await rawClient(app.port);
  idle.write('GET / HTTP/1.1\r\nHost: a\r\nX-To: sockets\r\n\r\n');
  await idle.until('plain');
  const socket = await dial(app.port, '/', { headers: { 'X-To': 'sockets' } });
  const closed = closeOf(socket);
  const ended = app.terminate();
  // The first sign that it has heard.
  expect((await closed).code).toBe(1012);
  await idle.closed;
  (await slow.peer(0)).write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  const { text, headers } = await asked;
  expect([text, headers.connection]).toEqual(['ok', 'close']);
  (await slow.peer(1)).write('rest');
  await stream.until('partrest');
  const { report, code } = await ended;
  expect(report).toEqual({
    requests: { ended: 1, cut: 0 },
    streams: { ended: 1, cut: 0 },
    upgrades: { ended: 1, cut: 0 },
  });
  expect(code).toBe(0);
  const late = (await rawClient(app.port).catch(() => undefined)) ?? 'refused';
  expect(late).toBe('refused');
});
