import { createServer } from 'node:http';
import express from 'express';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { balance, ended } from '../support/balance.js';
import { listen } from '../support/listen.js';
import { closeOf, dial, nextMessage, type SocketOrigin, socketOrigin } from '../support/sockets.js';

const SOCKETS = 2000;
/** Opened at once: fewer than a server's backlog, beyond which the system makes clients wait for a second. */
const WAVE = 100;

/** A backend that echoes, and hangs up with the code it is told: `close 4321`. */
function backend(): Promise<SocketOrigin> {
  return socketOrigin((socket) => {
    socket.on('message', (data) => {
      const code = /^close (\d+)$/.exec(String(data))?.[1];
      if (code === undefined) socket.send(String(data));
      else socket.close(Number(code), `told ${code}`);
    });
  });
}

/** What each socket gets back for what it sends, all at the same time. */
function echoes(sockets: readonly WebSocket[], text: (i: number) => string): Promise<string[]> {
  return Promise.all(
    sockets.map(async (socket, i) => {
      const echo = nextMessage(socket);
      socket.send(text(i));
      return (await echo).data.toString();
    }),
  );
}

// The engine has no part in upgrades, so there is but one of this.
test(`${SOCKETS} WebSockets at once, through an app: each its own echo and close code, and nothing is left`, {
  timeout: 60_000,
}, async () => {
  const backends = [await backend(), await backend()];
  const lb = balance({ strategy: 'round-robin', backends: backends.map(({ url }) => url) });
  const app = express().use('/live', lb);
  const server = createServer(app);
  lb.attach(server, app);
  const served = await listen(server);

  const sockets: WebSocket[] = [];
  while (sockets.length < SOCKETS) {
    const wave = Array.from({ length: WAVE }, () => dial(served.port, '/live', { perMessageDeflate: false }));
    sockets.push(...(await Promise.all(wave)));
  }
  const half = SOCKETS / 2;
  const open = { active: half, upgrades: half };
  expect(lb.stats()).toMatchObject({ requests: { active: SOCKETS, upgrades: SOCKETS }, backends: [open, open] });

  for (const round of [0, 1]) {
    const text = (i: number): string => `${round}: ${i} ${'x'.repeat(i)}`;
    expect(await echoes(sockets, text)).toEqual(sockets.map((_, i) => text(i)));
  }

  // One half hangs up by itself, the other is hung up on; each with a code of its own, which the far side hears.
  const theirs = await Promise.all(backends.flatMap(({ socket }) => Array.from({ length: half }, (_, i) => socket(i))));
  const [heardByClients, heardByBackends] = [sockets.map(closeOf), theirs.map(closeOf)];
  const over = ended(lb, SOCKETS);
  const last = sockets.map((_, i) => ({ code: 3000 + i, reason: `${i < half ? 'said' : 'told'} ${3000 + i}` }));
  for (const [i, socket] of sockets.entries()) {
    if (i < half) socket.close(last[i]?.code, last[i]?.reason);
    else socket.send(`close ${last[i]?.code}`);
  }
  // ws answers a close frame with the same, so both sides hear what the first said.
  expect(await Promise.all(heardByClients)).toEqual(last);
  expect((await Promise.all(heardByBackends)).toSorted((a, b) => a.code - b.code)).toEqual(last);

  await over;
  await Promise.all([...backends, served].map(({ atMost }) => atMost(0)));
  const none = { active: 0, upgrades: 0, failed: 0 };
  expect(lb.stats()).toMatchObject({ requests: { ...none, total: SOCKETS }, backends: [none, none] });
});
