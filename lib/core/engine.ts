import type { IncomingMessage } from 'node:http';
import type { Backend } from './backend.js';

/** One request as a backend is to get it: complete, in the order in which it goes out. */
export interface UpstreamRequest {
  readonly backend: Backend;
  readonly method: string;
  /** The request target, to be sent byte for byte. */
  readonly path: string;
  /** Name, value, name, value ... with the framing headers; an engine adds none but `Connection`. */
  readonly headers: readonly string[];
  /** Bytes, the client's request to be streamed, or none. A stream is not read before a connection stands. */
  readonly body: Buffer | IncomingMessage | undefined;
}

/**
 * What an engine tells of the answer, in this order: `head`, `data` any number of times, then `end` or `fail`. `fail`
 * may come at any moment, once; after it, and after `abort`, nothing more is said.
 */
export interface ResponseSink {
  /**
   * A connection stands, TLS included: from here on the backend may have seen some of the request. Until then a failure
   * leaves the request free for another backend.
   */
  connected(): void;
  /** A part of the request body has gone out. */
  sent(): void;
  head(status: number, reason: string, headers: readonly string[]): void;
  /** @returns false when the client is slower: the engine pauses until `resume` */
  data(chunk: Buffer): boolean;
  /** The answer is whole. */
  end(trailers: readonly string[]): void;
  /** The exchange broke: a refused connection, a reset, an answer that is no HTTP, a body cut short. */
  fail(cause: Error): void;
}

/** A request on its way. */
export interface Flight {
  /** The client can take more. */
  resume(): void;
  /** Gives up: the connection to the backend is freed at once. Harmless after the end. */
  abort(): void;
}

/** Carries requests to backends; fairlead's own part (headers, timeouts, errors, the client) is not its business. */
export interface Engine {
  send(request: UpstreamRequest, sink: ResponseSink): Flight;
  /** Closes idle connections; called once no request is in flight. */
  close(): Promise<void> | void;
}

/** A registry entry of lib/forward/engines/. */
export interface EngineModule {
  create(): Engine;
}
