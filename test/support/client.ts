import { Agent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';

export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly text: string;
  readonly rawTrailers: readonly string[];
}

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  /** An object, or a flat list for repeated names. */
  readonly headers?: OutgoingHttpHeaders | readonly string[];
  readonly body?: Buffer | string;
  readonly agent?: Agent;
}

/** One request through node:http, on a connection of its own unless an agent is given. Rejects when the answer breaks. */
export function ask(
  port: number,
  { method = 'GET', path = '/', headers = {}, body, agent }: Asked = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path, headers, agent: agent ?? false };
    const request = httpRequest(options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const whole = Buffer.concat(chunks);
        const { statusCode = 0, statusMessage = '', rawHeaders, rawTrailers } = incoming;
        resolve({
          status: statusCode,
          reason: statusMessage,
          headers: incoming.headers,
          rawHeaders,
          body: whole,
          text: whole.toString(),
          rawTrailers,
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** A keep-alive agent of one connection, closed when the test ends. */
export function oneConnection(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return agent;
}
