import { once } from 'node:events';
import { createServer, request } from 'node:https';
import express from 'express';
import type { LoadBalancer, LoadBalancerOptions } from 'fairlead';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { balance, express4, nextEvent } from '../support/balance.js';
import { engineNames } from '../support/engines.js';
import { certificate } from '../support/fronts.js';
import { listen } from '../support/listen.js';
import { origin, readBody, values } from '../support/origin.js';
import { closeOf, nextMessage, socketOrigin } from '../support/sockets.js';

/** The recipe: an app behind https, its upgrades led through it. */
async function serve(create: typeof express, options: LoadBalancerOptions): Promise<{ lb: LoadBalancer; url: URL }> {
  const lb = balance(options);
  const app = create().use('/shop', lb);
  const server = createServer(certificate, app);
  lb.attach(server, app);
  const { port } = await listen(server);
  return { lb, url: new URL(`https://localhost:${port}`) };
}

const told = (lines: readonly string[]): string[][] =>
  ['proto', 'host', 'port', 'prefix'].map((what) => values(lines, `x-forwarded-${what}`));

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
] as const)('TLS ends in front of %s', (_name, create) => {
  test.each(engineNames)('the backend is told of https, and the sticky cookie is Secure (%s)', async (engine) => {
    const backend = await origin();
    const { url } = await serve(create, { engine, sticky: true, backends: [backend.url] });
    const asked = request(new URL('/shop/a?b', url), { ca: certificate.cert, agent: false, method: 'POST' });
    const [answer] = await once(asked.end('body'), 'response');
    expect((await readBody(answer)).toString()).toBe('ok');
    expect(answer.headers['set-cookie']).toEqual([expect.stringMatching(/; Path=\/shop; .*\bSecure\b/)]);
    expect(backend.last()).toMatchObject({ target: '/a?b', body: Buffer.from('body') });
    expect(told(backend.last().rawHeaders)).toEqual([['https'], [url.host], [url.port], ['/shop']]);
  });

  test('a wss: socket goes through the app, and back', async () => {
    const backend = await socketOrigin();
    const { lb, url } = await serve(create, { sticky: true, backends: [backend.url] });
    const socket = new WebSocket(`wss://${url.host}/shop/live`, { ca: certificate.cert });
    const [[handshake]] = await Promise.all([once(socket, 'upgrade'), once(socket, 'open')]);
    expect(handshake.headers['set-cookie']).toEqual([expect.stringMatching(/; Path=\/shop; .*\bSecure\b/)]);
    expect(backend.handshakes[0]?.url).toBe('/live');
    expect(told(backend.handshakes[0]?.rawHeaders ?? [])).toEqual([['https'], [url.host], [url.port], ['/shop']]);
    const echo = nextMessage(socket);
    socket.send('ahoy');
    expect((await echo).data.toString()).toBe('ahoy');
    const [over, closed] = [nextEvent(lb, 'request'), closeOf(socket)];
    (await backend.socket(0)).close(1012, 'restart');
    expect(await closed).toEqual({ code: 1012, reason: 'restart' });
    expect(await over).toMatchObject({ status: 101, outcome: 'answered' });
  });
});
