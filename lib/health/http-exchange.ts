import { type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { dial, type Target } from './target.js';

export interface Question {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Whether the body ended before the limit. */
  readonly whole: boolean;
}

/**
 * One request on a connection of its own, which is gone when this settles. A redirect is an answer and is not followed.
 *
 * @param limit bytes of the body to read; with 0 the answer is its head
 */
export function exchange(target: Target, question: Question, limit: number, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = dial(target);
    const asked = request({
      createConnection: () => socket,
      method: question.method,
      path: question.path,
      headers: outgoing(target, question),
      setHost: false,
    });
    const onAbort = (): void => end(() => reject(signal.reason));
    let over = false;
    const end = (settle: () => void): void => {
      // Its own end closes the request too, and an error is not made for nobody.
      if (over) return;
      over = true;
      signal.removeEventListener('abort', onAbort);
      settle();
      asked.destroy();
      socket.destroy();
    };
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    // Stays on: what a destroyed request still has to say must not be unhandled.
    asked.on('error', (error) => end(() => reject(error)));
    let closed = 'the connection closed without an answer';
    asked.on('close', () => end(() => reject(new Error(closed))));
    asked.on('response', (incoming) => {
      closed = 'the answer broke off';
      // Said of the request too, in an event that may come before this one.
      incoming.on('error', () => end(() => reject(new Error(closed))));
      receive(incoming, limit, (answer) => end(() => resolve(answer)));
    });
    asked.end();
  });
}

function outgoing(target: Target, { headers }: Question): OutgoingHttpHeaders {
  const own = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  return {
    ...(!own.has('host') && { Host: target.authority }),
    ...(!own.has('user-agent') && { 'User-Agent': 'fairlead' }),
    ...headers,
    Connection: 'close',
  };
}

function receive(incoming: IncomingMessage, limit: number, done: (answer: Answer) => void): void {
  const { statusCode: status = 0, headers } = incoming;
  const chunks: Buffer[] = [];
  let length = 0;
  const answer = (whole: boolean): void =>
    done({ status, headers, body: Buffer.concat(chunks).subarray(0, limit), whole });
  if (limit === 0) {
    answer(false);
    return;
  }
  incoming.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limit) answer(false);
  });
  incoming.on('end', () => answer(true));
}
