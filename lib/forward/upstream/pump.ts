import type { ClientRequest, IncomingMessage } from 'node:http';
import type { ResponseSink } from '../../core/engine.js';
import { passableTrailers } from '../hop-by-hop.js';

/** Streams the client's body to the backend at the backend's pace. Returns a function that stops and detaches it. */
export function pumpRequest(body: IncomingMessage, upstream: ClientRequest, sink: ResponseSink): () => void {
  const resume = (): void => {
    body.resume();
  };
  const onData = (chunk: Buffer): void => {
    sink.sent();
    if (!upstream.write(chunk)) {
      body.pause();
      upstream.once('drain', resume);
    }
  };
  const onEnd = (): void => {
    try {
      const trailers = passableTrailers(body.rawTrailers);
      if (trailers.length > 0) upstream.addTrailers(trailers);
      upstream.end();
    } catch (thrown) {
      // A server with a lenient parser lets control characters in that Node does not send.
      sink.fail(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  };
  body.on('data', onData);
  body.once('end', onEnd);
  // Middleware may have paused it while it looked something up.
  body.resume();
  return () => {
    body.off('data', onData);
    body.off('end', onEnd);
    upstream.off('drain', resume);
    // What is left of it is read and dropped, or the client's connection would never come to its next request.
    body.resume();
  };
}

/** Tells the sink of the backend's answer as it comes. */
export function pumpResponse(incoming: IncomingMessage, sink: ResponseSink): void {
  incoming.on('data', (chunk: Buffer) => {
    if (!sink.data(chunk)) incoming.pause();
  });
  // `complete` is false when the connection broke before the last chunk or the announced length.
  // Not `once`: what comes but once need not be taken off, which costs more than the rest of it.
  incoming.on('end', () => {
    if (incoming.complete) sink.end(incoming.rawTrailers);
  });
  incoming.on('error', (error) => sink.fail(error));
  // Last, so that a body that came along with its head is on its way before the sink would flush a lone head.
  sink.head(incoming.statusCode ?? 0, incoming.statusMessage ?? '', incoming.rawHeaders);
}
