import type { Backend } from './backend.js';
import type { Flight, UpstreamRequest } from './engine.js';
import type { RetryRecord } from './events.js';
import type { Exchange } from './exchange.js';
import type { Outcome } from './outcome.js';

/** Follows requests through their attempts. Nothing of it throws: it is on the request path. */
export interface RequestTracer {
  /** A request sets out; called in the context (AsyncLocalStorage) in which it came. */
  begin(exchange: Exchange): RequestTrace;
}

/** One request, followed. */
export interface RequestTrace {
  /**
   * Somebody is about to be asked.
   *
   * @param made attempts so far, this one included
   * @param retry why it is not the first
   */
  attempt(backend: Backend, made: number, retry: RetryRecord | undefined): AttemptTrace;
}

/** One attempt, followed. */
export interface AttemptTrace {
  /**
   * Sends it, with header lines of the tracer's own. Called once more where a connection proves stale, and not at all for
   * a request that is refused before it is sent. Throws what `send` throws.
   */
  sends(request: UpstreamRequest, send: (request: UpstreamRequest) => Flight): Flight;
  /** The answer's head is about to go to the client; 101 for a tunnel. */
  commits(status: number): void;
  ended(outcome: Outcome): void;
}
