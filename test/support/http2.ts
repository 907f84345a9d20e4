import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createSecureServer,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { LoadBalancer } from 'fairlead';
import { onTestFinished } from 'vitest';
import { certificate } from './fronts.js';
import { type Listening, listen } from './listen.js';

/** The balancer behind a server that speaks HTTP/2 and HTTP/1.1, as docs/recipes/tls.md has it. */
export function serveHttp2(lb: LoadBalancer): Promise<Listening> {
  const server = createSecureServer({ ...certificate, allowHTTP1: true }, (req, res) => lb(req, res));
  lb.attach(server);
  return listen(server);
}

/** An HTTP/2 connection. */
export async function http2Client(port: number): Promise<ClientHttp2Session> {
  const session = connect(`https://localhost:${port}`, { ca: certificate.cert });
  onTestFinished(() => session.destroy());
  await once(session, 'connect');
  return session;
}

export interface Http2Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders & IncomingHttpStatusHeader;
  /** Names as they came, a name for each line. */
  readonly names: readonly string[];
  readonly body: Buffer;
  readonly text: string;
  readonly trailers: IncomingHttpHeaders;
}

interface Asked {
  readonly body?: Buffer | string;
  readonly trailers?: OutgoingHttpHeaders;
}

/** What comes of a stream; rejects where it is reset, or ends before its end. */
export function answerOf(stream: ClientHttp2Stream): Promise<Http2Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let headers: Http2Answer['headers'] = {};
    let trailers: IncomingHttpHeaders = {};
    let names: string[] = [];
    let ended = false;
    // Node hands over the raw list as a third argument that its types do not know.
    stream.on('response', (received, _flags, ...rest: unknown[]) => {
      headers = received;
      names = (rest[0] as string[]).filter((_, i) => i % 2 === 0);
    });
    stream.on('trailers', (received) => {
      trailers = received;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      ended = true;
    });
    stream.on('error', reject);
    stream.on('close', () => {
      if (!ended || stream.rstCode !== 0) reject(new Error(`the stream was reset with code ${stream.rstCode}`));
      const body = Buffer.concat(chunks);
      resolve({ status: headers[':status'] ?? 0, headers, names, body, text: body.toString(), trailers });
    });
  });
}

/** One request on an HTTP/2 connection. */
export function askHttp2(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders = {},
  { body, trailers }: Asked = {},
): Promise<Http2Answer> {
  const stream = session.request(headers, { endStream: body === undefined, waitForTrailers: trailers !== undefined });
  if (trailers !== undefined) stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  if (body !== undefined) stream.end(body);
  return answerOf(stream);
}
