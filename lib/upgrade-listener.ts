import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { UpgradeSocket } from './core/exchange.js';
import { closeSoon } from './util/streams.js';

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

/** What a client may send before its handshake is answered; beyond it has to wait. */
const EARLY_BYTES = 65_536;

/**
 * Watches the socket of a handshake. Node reads nothing from it any more, so a client that leaves would not be noticed,
 * and who is read from has to have kept what it says.
 */
class WaitingSocket implements UpgradeSocket {
  readonly socket: Duplex;
  readonly #early: Buffer[];
  #length: number;

  constructor(socket: Duplex, head: Buffer) {
    this.socket = socket;
    this.#early = [head];
    this.#length = head.length;
    socket.on('data', this.#onData);
    socket.once('end', this.#onEnd);
  }

  release(): Buffer {
    this.socket.pause();
    this.socket.off('data', this.#onData);
    this.socket.off('end', this.#onEnd);
    return Buffer.concat(this.#early);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#early.push(chunk);
    this.#length += chunk.length;
    if (this.#length > EARLY_BYTES) this.socket.pause();
  };

  readonly #onEnd = (): void => {
    this.socket.destroy();
  };
}

/**
 * An offer of another HTTP (h2c) may be ignored (RFC 9110, 7.8), and is: through a tunnel of it requests would pass the
 * app, its auth and our own rules by.
 */
function offersHttp(request: IncomingMessage): boolean {
  return /(^|,)\s*(h2c?|http\/)/i.test(request.headers.upgrade ?? '');
}

/** Whether a response is being written to this socket. Node keeps that in a field it does not document. */
function isBusy(socket: Socket): boolean {
  const current: unknown = Reflect.get(socket, '_httpMessage');
  return current !== null && current !== undefined;
}

/** Takes charge of a handshake's socket; undefined when its client has left already. */
export function receive(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
): { readonly response: ServerResponse; readonly upgrade: UpgradeSocket | undefined } | undefined {
  // Node hands an upgraded socket over without any listener: an error on it would end the process.
  socket.on('error', () => socket.destroy());
  if (socket.destroyed) return undefined;
  if (isBusy(socket)) {
    // A handshake sent behind a request that has no answer yet: the two would write on one socket, and no event tells
    // when the first is through.
    socket.destroy();
    return undefined;
  }
  const response = responseOn(request, socket);
  return { response, upgrade: offersHttp(request) ? undefined : new WaitingSocket(socket, head) };
}

/**
 * A response on the socket of an upgrade: until the protocol is switched this is HTTP, and a refusal is an ordinary
 * answer, the last one on its connection.
 */
function responseOn(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.assignSocket(socket);
  response.shouldKeepAlive = false;
  response.once('finish', () => closeSoon(socket));
  return response;
}

function answer(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return;
  const body = `${status} ${text}\n`;
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': body.length });
  response.end(body);
}

function statusOf(error: unknown): number {
  const status: unknown = error instanceof Object ? Reflect.get(error, 'status') : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

/** The apps that share a server's one upgrade listener. */
const attached = new WeakMap<Server, Set<App>>();

/** Leads a server's upgrades through these apps in turn, until one takes it. */
export function attachTo(server: Server, app: App): void {
  if (typeof server?.on !== 'function')
    throw new TypeError('attach() takes a server, such as http.createServer() returns');
  const known = attached.get(server);
  if (known !== undefined) {
    known.add(app);
    return;
  }
  const apps = new Set([app]);
  attached.set(server, apps);
  server.on('upgrade', (request, socket: Duplex, head) => {
    const received = receive(request, socket as Socket, head);
    if (received === undefined) return;
    const { response } = received;
    if (received.upgrade !== undefined) underWay.set(request, received.upgrade);
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
