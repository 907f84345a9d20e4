import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectSecurely } from 'node:tls';
import type { LoadBalancer } from 'fairlead';
import { onTestFinished } from 'vitest';
import { listen } from './listen.js';
import { Peer } from './peer.js';

const pem = (name: string): Buffer => readFileSync(new URL(`./tls/${name}.pem`, import.meta.url));

/** For localhost and 127.0.0.1, signed by itself; valid for a hundred years. */
export const certificate = { key: pem('key'), cert: pem('cert') };

/** A server in front of the balancer, by what its connections are made of; gives a way to connect to it. */
export type Front = (lb: LoadBalancer) => Promise<() => Promise<Peer>>;

async function connected(socket: ReturnType<typeof connect>, event: 'connect' | 'secureConnect'): Promise<Peer> {
  const peer = new Peer(socket);
  onTestFinished(() => {
    socket.destroy();
  });
  await new Promise((resolve) => socket.once(event, resolve));
  return peer;
}

function withUpgrade<S extends Server>(server: S, lb: LoadBalancer): S {
  server.on('upgrade', lb.upgrade);
  return server;
}

const handler =
  (lb: LoadBalancer): RequestListener =>
  (request, response) =>
    lb(request, response);

const tcp: Front = async (lb) => {
  const { port } = await listen(withUpgrade(createServer(handler(lb)), lb));
  return () => connected(connect({ port, host: '127.0.0.1' }), 'connect');
};

const tls: Front = async (lb) => {
  const { port } = await listen(withUpgrade(createSecureServer(certificate, handler(lb)), lb));
  return () => connected(connectSecurely({ port, host: '127.0.0.1', ca: certificate.cert }), 'secureConnect');
};

const unix: Front = async (lb) => {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-'));
  const path = join(folder, 'front.sock');
  const server = withUpgrade(createServer(handler(lb)), lb);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });
  return () => connected(connect(path), 'connect');
};

export const fronts: Readonly<Record<string, Front>> = { TCP: tcp, TLS: tls, 'a Unix socket': unix };
