import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { certificate } from './fronts.js';
import { deadPort, type Listening, listen } from './listen.js';

/** A TCP server that does with each connection what the test says. */
export function tcpServer(onConnection: (socket: Socket) => void): Promise<Listening> {
  return listen(
    createServer((socket) => {
      socket.on('error', () => {});
      onConnection(socket);
    }),
  );
}

/** Answers each connection with these bytes, once it has asked. */
export function saying(bytes: string, then: 'end' | 'stay' | 'reset' = 'end'): Promise<Listening> {
  return tcpServer((socket) => {
    socket.once('data', () => {
      socket.write(bytes, 'latin1', () => {
        if (then === 'end') socket.end();
        if (then === 'reset') socket.resetAndDestroy();
      });
    });
  });
}

export function httpServer(listener: RequestListener): Promise<Listening> {
  return listen(createHttp(listener));
}

export function httpsServer(listener: RequestListener): Promise<Listening> {
  return listen(createHttps(certificate, listener));
}

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n';

/** Servers that misbehave, each in its own way: none of them may pass a check by HTTP. */
export const illServers: Readonly<Record<string, () => Promise<Listening>>> = {
  'hangs before it answers': () => tcpServer((socket) => socket.resume()),
  'hangs in the middle of its head': () => saying(HEAD, 'stay'),
  'hangs in the middle of its body': () => saying(`${HEAD}Content-Length: 100\r\n\r\nwell`, 'stay'),
  'resets the connection at once': () => tcpServer((socket) => void socket.resetAndDestroy()),
  'resets it when it is asked': () => tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
  'resets it in the middle of its body': () => saying(`${HEAD}Content-Length: 100\r\n\r\nwe`, 'reset'),
  'closes without an answer': () => tcpServer((socket) => socket.once('data', () => socket.end())),
  'answers garbage': () => saying('\x00\x01\x02 no HTTP at all\r\n\r\n'),
  'answers a head without an end': () =>
    tcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = (): void =>
        void (socket.writable && socket.write(`X-${'y'.repeat(1_000)}: z\r\n`, () => setImmediate(more)));
      more();
    }),
  'answers a byte at a time, slowly': () =>
    tcpServer((socket) => {
      const timer = setInterval(() => socket.write('H'), 20);
      socket.once('close', () => clearInterval(timer));
    }),
  'answers 500': () => httpServer((_request, response) => response.writeHead(500).end('well')),
  redirects: () => httpServer((_request, response) => response.writeHead(302, { Location: '/well' }).end()),
  'switches protocols unasked': () =>
    saying('HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', 'stay'),
  'sends interim answers for ever': () =>
    tcpServer((socket) => {
      const more = (): void =>
        void (socket.writable && socket.write('HTTP/1.1 103 Early\r\n\r\n', () => setImmediate(more)));
      socket.once('data', more);
    }),
};

/** An address that refuses connections. */
export async function refusing(): Promise<string> {
  return `http://127.0.0.1:${await deadPort()}`;
}
