import { createServer, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import { type ClientOptions, type RawData, WebSocket, WebSocketServer } from 'ws';
import { type Listening, listen } from './listen.js';

export interface SocketOrigin extends Listening {
  /** Handshake requests, in order. */
  readonly handshakes: readonly IncomingMessage[];
  /** Resolves with the n-th WebSocket that was opened, from 0. */
  readonly socket: (index: number) => Promise<WebSocket>;
}

/** A backend of WebSockets; by default an echo. */
export async function socketOrigin(
  serve?: (socket: WebSocket, request: IncomingMessage) => void,
): Promise<SocketOrigin> {
  const server = createServer((_request, response) => response.end('plain'));
  const sockets = new WebSocketServer({ server, maxPayload: 64 << 20 });
  const handshakes: IncomingMessage[] = [];
  const opened: WebSocket[] = [];
  const waiting: (() => void)[] = [];
  const echo = (socket: WebSocket): void => {
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  };
  sockets.on('connection', (socket, request) => {
    socket.on('error', () => {});
    handshakes.push(request);
    opened.push(socket);
    for (const wake of waiting.splice(0)) wake();
    (serve ?? echo)(socket, request);
  });
  const socket = async (index: number): Promise<WebSocket> => {
    for (;;) {
      const found = opened[index];
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return { ...(await listen(server)), handshakes, socket };
}

/** A WebSocket that is open, or a rejection with why it is not. */
export function dial(
  port: number,
  path = '/',
  options: ClientOptions & { protocols?: string[] } = {},
): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const { protocols = [], ...rest } = options;
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, rest);
    onTestFinished(() => socket.terminate());
    socket.once('open', () => resolve(socket));
    socket.on('error', reject);
  });
}

export interface Refusal {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** The answer of a handshake that is refused. */
export function refusal(port: number, path = '/', options: ClientOptions = {}): Promise<Refusal> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, options);
    onTestFinished(() => socket.terminate());
    socket.on('error', reject);
    socket.once('open', () => reject(new Error('the handshake was accepted')));
    socket.once('unexpected-response', (_request, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
  });
}

export function nextMessage(socket: WebSocket): Promise<{ data: Buffer; binary: boolean }> {
  return new Promise((resolve, reject) => {
    socket.once('message', (data: RawData, binary) => resolve({ data: data as Buffer, binary }));
    socket.once('close', () => reject(new Error('closed before a message came')));
  });
}

export function closeOf(socket: WebSocket): Promise<{ code: number; reason: string }> {
  return new Promise((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
}

/** A handshake in bytes. */
export const HANDSHAKE =
  'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

export const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
