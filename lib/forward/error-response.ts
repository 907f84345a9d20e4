import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { FairleadError } from '../core/errors.js';

/** Seconds after which a client may try again what was refused for want of a backend. */
const RETRY_AFTER = '1';

function prefersJson(request: IncomingMessage): boolean {
  const accept = request.headers.accept ?? '';
  return /\bjson\b/i.test(accept) && !/\btext\/(html|plain)\b/i.test(accept);
}

/**
 * Answers the client in place of a backend: the status, and a sentence that names nothing inside. Does nothing once a
 * head has been sent.
 */
export function respondWithError(error: FairleadError, request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) return;
  const { status, code, summary } = error;
  const title = STATUS_CODES[status] ?? 'Error';
  const json = prefersJson(request);
  const body = json
    ? JSON.stringify({ type: 'about:blank', title, status, detail: summary, code })
    : `${status} ${title}\n${summary}\n`;
  response.setHeader('Content-Type', json ? 'application/problem+json' : 'text/plain; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Proxy-Status', `fairlead; error=${error.proxyStatus}`);
  if (status === 503) response.setHeader('Retry-After', RETRY_AFTER);
  // A request cut off in its body leaves nothing on the connection that could be read as the next one.
  const ends = code === 'FAIRLEAD_CLOSING' || error.blame === 'client';
  if (ends && request.httpVersionMajor === 1) response.setHeader('Connection', 'close');
  response.writeHead(status);
  response.end(request.method === 'HEAD' ? undefined : body);
}
