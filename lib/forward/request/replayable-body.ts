import type { IncomingMessage } from 'node:http';
import type { BodyReader, BodyReading, StreamedBody } from '../../core/engine.js';

/** Beyond so many pieces they are joined: a client that sends single bytes would cost far more than what it sends. */
const MOST_PIECES = 64;

/** Who sees a body go by, and holds nobody up. */
export interface BodyTap {
  data(chunk: Buffer): void;
  /** It was whole. */
  end(): void;
  /** No more of it will be read; harmless after its end. */
  cut(): void;
}

/**
 * The client's body, kept as it streams by, so that another attempt can read it from its start. Nothing waits for that:
 * the first reading takes each piece as it comes. A body that outgrows what may be kept is forgotten, without a word, and
 * goes through like any other; it has only lost its second chance.
 */
export class ReplayableBody implements StreamedBody {
  readonly #source: IncomingMessage;
  /** Bytes that may be kept. */
  #most: number;
  #kept: Buffer[] = [];
  #size = 0;
  #begun = false;
  #ended = false;
  #lost = false;
  /** The reading that takes what comes from the client; others are still at what was kept. */
  #live: Reading | undefined;
  #tap: BodyTap | undefined;

  /** @param most bytes to keep; 0 for a body that must not be sent twice anyway */
  constructor(source: IncomingMessage, most: number) {
    this.#source = source;
    this.#most = most;
  }

  /** Whether it can be read from its start: nothing of it is gone. */
  get replayable(): boolean {
    return !this.#lost;
  }

  /** Whether all of it is kept, so that several can read it at once. */
  get whole(): boolean {
    return this.#ended && !this.#lost;
  }

  /** To be called before any of it is read. */
  tap(tap: BodyTap): void {
    this.#tap = tap;
  }

  read(reader: BodyReader): BodyReading {
    if (this.#lost) throw new Error('a part of the request body is gone');
    const reading = new Reading(this.#kept.slice(), reader, this);
    reading.resume();
    return reading;
  }

  /** It will not be read again from its start: what was kept is let go. A reading under way goes on. */
  forget(): void {
    this.#most = 0;
    this.#size = 0;
    if (!this.#begun) return;
    this.#lost = true;
    this.#kept = [];
  }

  /**
   * The request is over. What is left of its body is read and dropped, or the client's connection would never come to its
   * next request; of one that nobody has begun to read, Node sees to that.
   */
  drop(): void {
    this.forget();
    this.#tap?.cut();
    if (!this.#begun) return;
    this.#source.off('data', this.#onData);
    this.#source.off('end', this.#onEnd);
    this.#source.resume();
  }

  /** A reading has given all that was kept. */
  caughtUp(reading: Reading): void {
    if (this.#ended) {
      reading.end(this.#source.rawTrailers);
      return;
    }
    this.#live = reading;
    if (!this.#begun) {
      this.#begun = true;
      this.#source.on('data', this.#onData);
      this.#source.once('end', this.#onEnd);
    }
    // Middleware may have paused it while it looked something up, too.
    this.#source.resume();
  }

  stopped(reading: Reading): void {
    if (this.#live !== reading) return;
    this.#live = undefined;
    // What is still to come stays with the client until somebody asks for it.
    this.#source.pause();
  }

  #keep(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#most) {
      this.forget();
      return;
    }
    if (this.#kept.length === MOST_PIECES) this.#kept = [Buffer.concat(this.#kept)];
    this.#kept.push(byItself(chunk));
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#tap?.data(chunk);
    if (!this.#lost) this.#keep(chunk);
    if (this.#live?.data(chunk) === false) this.#source.pause();
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#tap?.end();
    this.#live?.end(this.#source.rawTrailers);
  };
}

/** One reading: first of what was kept, from then on of what comes. */
class Reading implements BodyReading {
  readonly #reader: BodyReader;
  readonly #body: ReplayableBody;
  /** What was kept when it began: while it reads that, nothing comes from the client. */
  readonly #kept: readonly Buffer[];
  #next = 0;
  #over = false;

  constructor(kept: readonly Buffer[], reader: BodyReader, body: ReplayableBody) {
    this.#kept = kept;
    this.#reader = reader;
    this.#body = body;
  }

  data(chunk: Buffer): boolean {
    return this.#reader.data(chunk);
  }

  end(trailers: readonly string[]): void {
    if (this.#over) return;
    this.#over = true;
    this.#reader.end(trailers);
  }

  resume(): void {
    while (!this.#over && this.#next < this.#kept.length) {
      if (!this.data(this.#kept[this.#next++] as Buffer)) return;
    }
    if (!this.#over) this.#body.caughtUp(this);
  }

  stop(): void {
    this.#over = true;
    this.#body.stopped(this);
  }
}

/** Pieces are parts of what was read from the socket, and keep all of that: of a byte in 64 KB of framing a copy is kept. */
function byItself(chunk: Buffer): Buffer {
  if (chunk.length * 2 >= chunk.buffer.byteLength) return chunk;
  const copy = Buffer.allocUnsafeSlow(chunk.length);
  chunk.copy(copy);
  return copy;
}
