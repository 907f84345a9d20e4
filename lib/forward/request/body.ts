import type { IncomingMessage } from 'node:http';
import { FairleadError } from '../../core/errors.js';
import { parsedBody } from './parsed-body.js';
import { ReplayableBody } from './replayable-body.js';

/** How a request's body goes to the backend. Its framing is our own, so that it can never be read two ways. */
export type RequestBody =
  | { readonly kind: 'none' }
  /** Still on the client's socket; `length` is what it announced, undefined when it sends chunks. */
  | { readonly kind: 'stream'; readonly length: string | undefined; readonly stream: ReplayableBody }
  /** Already read by a body parser in front of us, and made again. */
  | { readonly kind: 'bytes'; readonly bytes: Buffer };

/** What the head says of a body. */
export type BodyForm =
  | Exclude<RequestBody, { readonly kind: 'stream' }>
  | { readonly kind: 'stream'; readonly length: string | undefined };

const NO_BODY: RequestBody = { kind: 'none' };
const EMPTY: RequestBody = { kind: 'bytes', bytes: Buffer.alloc(0) };

/** Whether HTTP/2 said that no body follows; there it needs neither Content-Length nor Transfer-Encoding. */
function endedByHeaders(request: IncomingMessage): boolean {
  return 'stream' in request && Reflect.get(Object(request.stream), 'endAfterHeaders') === true;
}

/** Whether the client said that a body follows its head. */
export function announcesBody(request: IncomingMessage): boolean {
  const { headers, httpVersionMajor } = request;
  const length = headers['content-length'];
  if (httpVersionMajor === 2 && length === undefined) return !endedByHeaders(request);
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/**
 * @param keeps how many bytes of a body that streams in are kept for another attempt; asked only for one that does
 * @throws FairleadError FAIRLEAD_BODY_CONSUMED when something in front read the body and left nothing to send: piping
 * would wait for bytes that never come (http-proxy-middleware #40)
 */
export function bodyOf(request: IncomingMessage, keeps: (request: IncomingMessage) => number): RequestBody {
  if (!announcesBody(request)) return NO_BODY;
  const length = request.headers['content-length'];
  // `readableDidRead` alone misses a parser that found an empty body and waited for its end.
  if (!request.readableDidRead && !request.readableEnded) {
    const counted = request.headers['transfer-encoding'] === undefined ? length : undefined;
    const keep = keeps(request);
    // One that is known to be too long is not begun to be kept.
    const stream = new ReplayableBody(request, counted !== undefined && Number(counted) > keep ? 0 : keep);
    return { kind: 'stream', length: counted, stream };
  }
  if (!request.readableDidRead) return EMPTY;
  const bytes = parsedBody(request);
  if (bytes !== undefined) return { kind: 'bytes', bytes };
  throw new FairleadError(
    'FAIRLEAD_BODY_CONSUMED',
    'A middleware in front of the load balancer has read the request body and left nothing in req.body that can be ' +
      'sent on. Mount the balancer before it, or leave the parsed body (JSON, urlencoded, text or raw) in req.body.',
  );
}
