import type { Backend } from './backend.js';

/** Who takes a request body in. */
export interface BodyReader {
  /** @returns false when it can take no more until `resume` */
  data(chunk: Buffer): boolean;
  /** All of it has been given. */
  end(trailers: readonly string[]): void;
}

/** One reading of a body, under way. */
export interface BodyReading {
  /** The reader can take more. */
  resume(): void;
  /** Nothing more is given. What has not been read stays for another reading. */
  stop(): void;
}

/** A body that comes from the client as it is read, at the reader's pace. */
export interface StreamedBody {
  /** Reads it from its start. Nothing of it may be read before a connection stands. */
  read(reader: BodyReader): BodyReading;
}

/** One request as a backend is to get it: complete, in the order in which it goes out. */
export interface UpstreamRequest {
  readonly backend: Backend;
  readonly method: string;
  /** The request target, to be sent byte for byte. */
  readonly path: string;
  /** Name, value, name, value ... with the framing headers; an engine adds none but `Connection`. */
  readonly headers: readonly string[];
  /**
   * To be sent on a new connection of its own: an idle one has just proven to be closed by the backend, and so may be
   * the others.
   */
  readonly fresh: boolean;
  /** Bytes, what the client sends as it comes, or none. */
  readonly body: Buffer | StreamedBody | undefined;
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
  /** So many bytes of a streamed request body have gone out. */
  sent(bytes: number): void;
  /** An interim answer (1xx) other than 100 and 101; any number, before `head`. */
  informational(status: number, headers: readonly string[]): void;
  head(status: number, reason: string, headers: readonly string[]): void;
  /** @returns false when the client is slower: the engine pauses until `resume` */
  data(chunk: Buffer): boolean;
  /** The answer is whole. */
  end(trailers: readonly string[]): void;
  /**
   * The exchange broke: a refused connection, a reset, an answer that is no HTTP, a body cut short.
   *
   * @param stale the connection had been used before and closed without a byte of this answer: most likely the backend
   * had closed it before the request came (nodejs/node #47130)
   */
  fail(cause: Error, stale?: boolean): void;
}

/** A request on its way. */
export interface Flight {
  /** The client can take more. */
  resume(): void;
  /** Gives up: the connection to the backend is freed at once. Harmless after the end. */
  abort(): void;
}

/** Gives a flight up, whatever a user's engine makes of it: the lease goes back all the same. */
export function abortFlight(flight: Flight | undefined): void {
  try {
    flight?.abort();
  } catch {
    // Of a flight that is given up nobody hears any more.
  }
}

/** The connections to one backend that are kept for requests; those of tunnels are not among them. */
export interface Connections {
  /** Open now, those on which a request is under way included. */
  readonly open: number;
  /** Of these, those that wait for a request. */
  readonly idle: number;
  /** Ever opened. */
  readonly opened: number;
  /** Requests that went over one that had carried another before. */
  readonly reused: number;
}

/** Carries requests to backends; fairlead's own part (headers, timeouts, errors, the client) is not its business. */
export interface Engine {
  send(request: UpstreamRequest, sink: ResponseSink): Flight;
  /** How it is connected to a backend, where it can tell; undefined while it has never been. */
  connections?(backend: Backend): Connections | undefined;
  /** Closes the connections to one backend, which has left; called once no request to it is in flight. */
  release?(backend: Backend): Promise<void> | void;
  /** Closes idle connections; called once no request is in flight. */
  close(): Promise<void> | void;
}

/** How https backends are spoken to; Node's defaults where absent. */
export interface TlsOptions {
  readonly ca?: string | Buffer | (string | Buffer)[] | undefined;
  /** Our own certificate and key, for backends that ask for them. */
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  /** Name asked for (SNI) and expected in the certificate. Default: the host of the backend's URL. */
  readonly servername?: string | undefined;
  /** Whether a certificate nobody vouches for is refused. Default true. */
  readonly rejectUnauthorized?: boolean | undefined;
}

/** A registry entry of lib/forward/engines/. */
export interface EngineModule {
  /** What there has to be and is not, as a rule for the user; undefined when nothing is missing. */
  missing?(): string | undefined;
  create(tls: TlsOptions): Engine;
}
