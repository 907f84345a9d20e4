import { Readable } from 'node:stream';
import type { BodyReading, ResponseSink, StreamedBody } from '../../core/engine.js';

/**
 * The client's body for undici. A stand-in, since undici destroys a body whose request fails, and with the client's
 * request its connection would go, before it had any answer.
 */
export class BodyStream extends Readable {
  readonly #body: StreamedBody;
  readonly #sink: ResponseSink;
  #reading: BodyReading | undefined;
  #begun = false;

  constructor(body: StreamedBody, sink: ResponseSink) {
    super();
    this.#body = body;
    this.#sink = sink;
  }

  override _read(): void {
    if (this.#begun) {
      this.#reading?.resume();
      return;
    }
    this.#begun = true;
    this.#reading = this.#body.read({
      data: (chunk) => {
        this.#sink.sent(chunk.length);
        return this.push(chunk);
      },
      end: () => this.push(null),
    });
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#reading?.stop();
    callback(error);
  }
}
