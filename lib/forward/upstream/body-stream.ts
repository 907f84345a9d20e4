import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ResponseSink } from '../../core/engine.js';

/**
 * The client's body for undici. A stand-in, since undici destroys a body whose request fails, and with the client's
 * request its connection would go, before it had any answer.
 */
export class BodyStream extends Readable {
  readonly #source: IncomingMessage;
  readonly #sink: ResponseSink;
  #started = false;

  constructor(source: IncomingMessage, sink: ResponseSink) {
    super();
    this.#source = source;
    this.#sink = sink;
  }

  override _read(): void {
    if (this.#started) {
      this.#source.resume();
      return;
    }
    this.#started = true;
    this.#source.on('data', this.#onData);
    this.#source.once('end', this.#onEnd);
    this.#source.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#source.off('data', this.#onData);
    this.#source.off('end', this.#onEnd);
    // What is left is read and dropped, or the client's connection would never come to its next request.
    if (this.#started) this.#source.resume();
    callback(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#sink.sent();
    if (!this.push(chunk)) this.#source.pause();
  };

  readonly #onEnd = (): void => {
    this.push(null);
  };
}
