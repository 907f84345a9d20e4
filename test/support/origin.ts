import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type Listening, listen } from './listen.js';
import { rawExchange } from './peer.js';

/** A request as a backend received it. */
export interface Received {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  /** Name, value, name, value ... as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly rawTrailers: readonly string[];
}

export interface Origin extends Listening {
  readonly server: Server;
  /** Requests received whole, in order. */
  readonly requests: readonly Received[];
  /** The latest of them. */
  readonly last: () => Received;
  /** Resolves with the next request head that comes, before its body. */
  readonly nextHead: () => Promise<IncomingMessage>;
}

/** The values of a header in a flat list, in order; `name` in lower case. */
export function values(list: readonly string[], name: string): string[] {
  return list.filter((_, i) => i % 2 === 1 && list[i - 1]?.toLowerCase() === name);
}

export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

type Answer = (request: Received, response: ServerResponse) => unknown;

/** A node:http backend that reads each request whole, remembers it, and then answers (by default `200 ok`). */
export async function origin(answer: Answer = (_request, response) => response.end('ok')): Promise<Origin> {
  const requests: Received[] = [];
  const waiting: ((request: IncomingMessage) => void)[] = [];
  const server = createServer(async (request, response) => {
    for (const wake of waiting.splice(0)) wake(request);
    try {
      const body = await readBody(request);
      const { method = '', url = '', httpVersion, rawHeaders, rawTrailers } = request;
      const received = { method, target: url, version: httpVersion, rawHeaders, body, rawTrailers };
      requests.push(received);
      await answer(received, response);
    } catch {
      // The request broke off: a test that cares looks at the connection.
    }
  });
  server.keepAliveTimeout = 0;
  const listening = await listen(server);
  const last = (): Received => {
    const request = requests.at(-1);
    if (request === undefined) throw new Error('no request came');
    return request;
  };
  const nextHead = (): Promise<IncomingMessage> => new Promise((resolve) => waiting.push(resolve));
  return { ...listening, server, requests, last, nextHead };
}

/** A node:http backend with a listener of the test's own. */
export async function handlerOrigin(listener: RequestListener): Promise<Listening & { readonly server: Server }> {
  const server = createServer(listener);
  server.keepAliveTimeout = 0;
  return { ...(await listen(server)), server };
}

/** Sends one request in bytes, which has to ask for the end of its connection, and returns it as the backend got it. */
export async function delivered(backend: Origin, port: number, request: string): Promise<Received> {
  const before = backend.requests.length;
  const { text } = await rawExchange(port, request);
  if (!/^HTTP\/1\.1 200 /.test(text)) throw new Error(`the answer was ${JSON.stringify(text.slice(0, 500))}`);
  if (backend.requests.length !== before + 1) throw new Error(`${backend.requests.length - before} requests arrived`);
  return backend.last();
}
