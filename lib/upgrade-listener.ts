import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { UpgradeSocket } from './core/exchange.js';

/** An Express or Connect app, or any middleware. */
export type App = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => unknown;

/**
 * Upgrades that are on their way through an app's middleware. Node's `upgrade` event passes the app by (expressjs/express
 * #3428), and the request object is the app's, so what belongs to it is kept here.
 */
const underWay = new WeakMap<IncomingMessage, UpgradeSocket>();

export function upgradeOf(request: IncomingMessage): UpgradeSocket | undefined {
  return underWay.get(request);
}

/**
 * A response on the socket of an upgrade: until the protocol is switched this is HTTP, and a refusal is an ordinary
 * answer, the last one on its connection.
 */
export function responseOn(request: IncomingMessage, socket: Socket): ServerResponse {
  // Node hands an upgraded socket over without any listener: an error on it would end the process.
  socket.on('error', () => socket.destroy());
  const response = new ServerResponse(request);
  response.assignSocket(socket);
  response.shouldKeepAlive = false;
  response.once('finish', () => socket.destroySoon());
  return response;
}

function answer(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${status} ${text}\n`);
}

function statusOf(error: unknown): number {
  const status: unknown = error instanceof Object ? Reflect.get(error, 'status') : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

/** The apps that share a server's one upgrade listener. */
const attached = new WeakMap<Server, Set<App>>();

/** Leads a server's upgrades through these apps in turn, until one takes it. */
export function attachTo(server: Server, app: App): void {
  const known = attached.get(server);
  if (known !== undefined) {
    known.add(app);
    return;
  }
  const apps = new Set([app]);
  attached.set(server, apps);
  server.on('upgrade', (request, socket: Duplex, head) => {
    const response = responseOn(request, socket as Socket);
    underWay.set(request, { socket, head });
    const remaining = apps.values();
    const next = (error?: unknown): void => {
      const { value: app, done } = remaining.next();
      if (error !== undefined && error !== null) answer(response, statusOf(error), 'Error');
      else if (done === true) answer(response, 404, 'Not Found');
      else app(request, response, next);
    };
    next();
  });
}
