import { Readable } from 'node:stream';
import type { Flight, ResponseSink, UpstreamRequest } from '../../core/engine.js';
import { ProtocolError } from '../failure.js';
import { BodyStream } from './body-stream.js';
import type { HeadReader } from './head-reader.js';
import type { UndiciConnection } from './undici-connections.js';

/** undici's handler for one request: its oldest form, which is the one its parser calls without anything in between. */
export class DispatchHandler implements Flight {
  readonly body: Buffer | Readable | null;
  readonly #sink: ResponseSink;
  #abort: ((reason?: Error) => void) | undefined;
  #resume: (() => void) | undefined;
  #aborted = false;
  #answered = false;
  #over = false;
  #runsOut = false;
  readonly #connection: UndiciConnection;
  readonly #heads: HeadReader;

  /** @param connection told of what becomes of the request that it carries; @param heads reads those of this backend */
  constructor({ body }: UpstreamRequest, sink: ResponseSink, connection: UndiciConnection, heads: HeadReader) {
    this.#connection = connection;
    this.#heads = heads;
    this.body = body === undefined || Buffer.isBuffer(body) ? (body ?? null) : new BodyStream(body, sink);
    this.#sink = sink;
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#abort = abort;
    this.#connection.carries();
    this.#sink.connected();
  }

  /** The first byte of an answer has come, be it an interim one. */
  onResponseStarted(): void {
    this.#answered = true;
  }

  onHeaders(status: number, headers: readonly Buffer[], resume: () => void, reason: string): boolean {
    this.#resume = resume;
    const list = this.#heads.read(headers);
    if (status > 101 && status < 200) {
      this.#sink.informational(status, list);
      return true;
    }
    this.#sink.head(status, reason, list);
    if (status === 304 || status === 204) {
      // It ends here, whatever length it names; undici would go on to wait for a body, and miss it.
      this.#over = true;
      this.#sink.end([]);
    }
    return true;
  }

  onData(chunk: Buffer): boolean {
    return this.#sink.data(chunk) || this.#runsOut;
  }

  onComplete(trailers: readonly Buffer[] | undefined): void {
    this.#connection.ended();
    if (!this.#over) this.#sink.end((trailers ?? []).map((bytes) => bytes.toString('latin1')));
  }

  onError(error: Error): void {
    // Without a connection it may be the request that undici refuses.
    if (this.#abort === undefined) this.#connection.ended();
    else this.#connection.failed();
    if (this.#aborted || this.#over) return;
    // undici's words for a 101 or 100 that nobody asked for.
    if (error.message === 'bad upgrade' || error.message === 'bad response') {
      this.#sink.fail(new ProtocolError(`an interim answer nobody asked for (${error.message})`));
      return;
    }
    const closed = 'code' in error && ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(String(error.code));
    this.#sink.fail(error, closed && this.#connection.used && !this.#answered);
  }

  resume(): void {
    this.#resume?.();
  }

  /** Takes what has been read already, whether or not the client can: undici asks about an empty chunk, too. */
  runOut(): void {
    this.#runsOut = true;
    this.resume();
    this.#runsOut = false;
  }

  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    if (this.body instanceof Readable) this.body.destroy();
    // Before it is on a connection, undici has no way to give it up but with that.
    if (this.#abort === undefined) this.#connection.abandon(this);
    else this.#abort();
  }
}
