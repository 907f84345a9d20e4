import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { FairleadError } from '../../core/errors.js';
import { destroyResponse } from './destroy.js';

/** Seconds after which a client may try again what was refused for want of a backend. */
const RETRY_AFTER = 1;

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
  const retryAfter = error.retryAfter ?? (status === 503 ? RETRY_AFTER : undefined);
  if (retryAfter !== undefined) response.setHeader('Retry-After', retryAfter);
  // A request cut off in its body leaves nothing on the connection that could be read as the next one.
  const ends = code === 'FAIRLEAD_CLOSING' || (error.blame === 'client' && code !== 'FAIRLEAD_RATE_LIMITED');
  if (ends && request.httpVersionMajor === 1) response.setHeader('Connection', 'close');
  response.writeHead(status);
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Called in place of an error answer; whatever it throws falls back to that answer. */
export type ErrorHandler = (
  error: FairleadError,
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** Who a failed request came from, and who may answer it. */
interface Asker {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly next: ((error?: unknown) => void) | undefined;
}

/**
 * Lets the one the user has chosen answer; without `next` (no framework around us) that is ourselves or the function.
 *
 * @param onThrow hears what an `onError` of the user's own throws, or rejects with; the client is answered all the same
 */
export function deliverError(
  error: FairleadError,
  { request, response, next }: Asker,
  onError: 'respond' | 'next' | ErrorHandler,
  onThrow: (thrown: unknown) => void,
): void {
  const respond = (): void => {
    try {
      respondWithError(error, request, response);
    } catch (thrown) {
      // Headers of the app's own that Node refuses: no answer is left but the end of the connection.
      onThrow(thrown);
      destroyResponse(response);
    }
  };
  const threw = (thrown: unknown): void => {
    onThrow(thrown);
    respond();
  };
  try {
    if (onError === 'respond' || (onError === 'next' && next === undefined)) respond();
    else if (onError === 'next') next?.(error);
    else Promise.resolve(onError(error, request, response, next ?? respond)).catch(threw);
  } catch (thrown) {
    threw(thrown);
  }
}
