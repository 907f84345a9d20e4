/** As much of a Writable as is needed. */
export interface LineStream {
  write(line: string, encoding?: BufferEncoding): unknown;
  readonly writable?: boolean | undefined;
  /** Bytes, or characters, that wait to be written. */
  readonly writableLength?: number | undefined;
  on?(event: 'error', listener: (error: Error) => void): unknown;
  once?(event: 'drain', listener: () => void): unknown;
}

/** As much of a logger as is needed: pino's, or any with an `info()`. */
export interface LineLogger {
  info(fields: object, message?: string): void;
  info(message: string): void;
}

/** What has become of a stream; shared by all that write to it, so that they do not pile up listeners. */
interface Watched {
  failure: Error | undefined;
}

const watchedStreams = new WeakMap<LineStream, Watched>();

/** An `error` that nobody listens to would end the process. */
function watch(stream: LineStream): Watched {
  const known = watchedStreams.get(stream);
  if (known !== undefined) return known;
  const watched: Watched = { failure: undefined };
  stream.on?.('error', (error) => {
    watched.failure = error;
  });
  watchedStreams.set(stream, watched);
  return watched;
}

/** A stream that takes lines as far as it can: what it cannot is dropped, so that nobody waits and nothing piles up. */
export class LineSink {
  readonly #stream: LineStream;
  readonly #maxBuffered: number;
  readonly #watched: Watched;
  #told: Error | undefined;
  /** It has said that it is full, and does not tell how full. */
  #waits = false;

  constructor(stream: LineStream, maxBuffered: number) {
    this.#stream = stream;
    this.#maxBuffered = maxBuffered;
    this.#watched = watch(stream);
  }

  get hasRoom(): boolean {
    const { writable, writableLength } = this.#stream;
    return writable !== false && !this.#waits && (writableLength === undefined || writableLength < this.#maxBuffered);
  }

  /** @param isAscii then a stream turns it into bytes at once; @throws what the stream throws */
  write(line: string, isAscii = false): void {
    const took = this.#stream.write(`${line}\n`, isAscii ? 'latin1' : 'utf8');
    if (took === false && this.#stream.writableLength === undefined && this.#stream.once !== undefined) {
      this.#waits = true;
      this.#stream.once('drain', () => {
        this.#waits = false;
      });
    }
  }

  /** An error the stream has ended with, the first time it is asked for. */
  failure(): Error | undefined {
    const { failure } = this.#watched;
    if (failure === undefined || failure === this.#told) return undefined;
    this.#told = failure;
    return failure;
  }
}
