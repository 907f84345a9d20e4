import type { ClientRequest, IncomingMessage } from 'node:http';
import type { BodyReading, ResponseSink, StreamedBody } from '../../core/engine.js';
import { passableTrailers } from '../hop-by-hop.js';
import { isBodiless } from '../response/body.js';

/** Streams the client's body to the backend at the backend's pace. Returns a function that stops and detaches it. */
export function pumpRequest(body: StreamedBody, upstream: ClientRequest, sink: ResponseSink): () => void {
  let reading: BodyReading | undefined;
  const resume = (): void => reading?.resume();
  reading = body.read({
    data: (chunk) => {
      sink.sent(chunk.length);
      if (upstream.write(chunk)) return true;
      upstream.once('drain', resume);
      return false;
    },
    end: (rawTrailers) => {
      try {
        const trailers = passableTrailers(rawTrailers);
        if (trailers.length > 0) upstream.addTrailers(trailers);
        upstream.end();
      } catch (thrown) {
        // A server with a lenient parser lets control characters in that Node does not send.
        sink.fail(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
    },
  });
  return () => {
    upstream.off('drain', resume);
    reading.stop();
  };
}

/** Tells the sink of the backend's answer, to a request of this method, as it comes. */
export function pumpResponse(incoming: IncomingMessage, sink: ResponseSink, method: string): void {
  const status = incoming.statusCode ?? 0;
  // It ends here, whatever follows: to Node a 204 with a last chunk, or a body behind HEAD, is an answer that broke.
  const ends = isBodiless(method, status);
  incoming.on('data', (chunk: Buffer) => {
    if (!sink.data(chunk)) incoming.pause();
  });
  // `complete` is false when the connection broke before the last chunk or the announced length.
  // Not `once`: what comes but once need not be taken off, which costs more than the rest of it.
  incoming.on('end', () => {
    if (incoming.complete && !ends) sink.end(incoming.rawTrailers);
  });
  incoming.on('error', (error) => {
    if (!ends) sink.fail(error);
  });
  // Last, so that a body that came along with its head is on its way before the sink would flush a lone head.
  sink.head(status, incoming.statusMessage ?? '', incoming.rawHeaders);
  if (ends) sink.end([]);
}
