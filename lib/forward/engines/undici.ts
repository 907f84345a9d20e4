import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { Backend } from '../../core/backend.js';
import { endpointOf } from '../../core/endpoint.js';
import type { Engine, EngineModule, Flight, ResponseSink, TlsOptions, UpstreamRequest } from '../../core/engine.js';
import { headerValues } from '../../util/header-list.js';
import { ProtocolError } from '../failure.js';
import { BodyStream } from '../upstream/body-stream.js';
import { httpProxy } from './http-proxy.js';

/**
 * The fast engine, on undici 7 (an optional peer): `Pool.dispatch` with raw header arrays, without the objects and
 * streams that node:http makes for each exchange.
 */
export const undici: EngineModule = {
  missing() {
    try {
      loadUndici();
      return undefined;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
      return `needs the package undici: npm install undici@7 (${reason})`;
    }
  },
  create: (tls, connectTimeout) => new UndiciEngine(loadUndici(), tls, connectTimeout),
};

/** As much of undici as is used here: its types are no part of ours, since it may not be there. */
interface Dispatcher {
  dispatch(options: object, handler: object): boolean;
  destroy(): Promise<void>;
  close(): Promise<void>;
}

type Connector = (options: object, callback: (error: Error | null, socket: Socket | null) => void) => void;

interface UndiciModule {
  buildConnector(options: object): Connector;
  Pool: new (origin: string, options: object) => Dispatcher;
  Client: new (origin: string, options: object) => Dispatcher;
}

function loadUndici(): UndiciModule {
  return createRequire(import.meta.url)('undici');
}

/** Timeouts are fairlead's own; undici's would end in errors that cannot be told apart. */
const NO_TIMEOUTS = { headersTimeout: 0, bodyTimeout: 0 };

class UndiciEngine implements Engine {
  readonly #undici: UndiciModule;
  readonly #tls: TlsOptions;
  readonly #connectTimeout: number;
  /** Carries the odd request that undici has no words for. */
  readonly #nodeHttp: Engine;
  readonly #pools = new Map<Backend, Dispatcher>();
  /** Answers that wait for their client. */
  readonly #paused = new Set<DispatchHandler>();

  constructor(module: UndiciModule, tls: TlsOptions, connectTimeout: number) {
    // undici cannot be told to give a connection up: it does so itself, soon after fairlead has.
    this.#connectTimeout = connectTimeout === 0 ? 0 : connectTimeout + 500;
    this.#undici = module;
    this.#tls = tls;
    this.#nodeHttp = httpProxy.create(tls, connectTimeout);
  }

  send(request: UpstreamRequest, sink: ResponseSink): Flight {
    if (isBeyondUndici(request)) return this.#nodeHttp.send(request, sink);
    const { method, path, backend, fresh } = request;
    const handler = new DispatchHandler(request, sink, this.#paused);
    const headers = withoutFraming(request.headers);
    // With `reset` the connection is closed after the answer, so that a fresh one is nobody's idle one later.
    const dispatcher = fresh ? new this.#undici.Client(...this.#target(backend)) : this.#pool(backend);
    // A name that changes would close the connection each time; the true one is the connector's affair.
    const servername = backend.url.hostname;
    const body = handler.body;
    dispatcher.dispatch({ method, path, headers, body, servername, ...(fresh && { reset: true }) }, handler);
    if (fresh) void dispatcher.close();
    return handler;
  }

  async close(): Promise<void> {
    await this.#nodeHttp.close();
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
    this.#pools.clear();
  }

  /**
   * undici takes a reset for the end of an answer that only the end of the connection ends (a cut one would look whole),
   * and throws where nobody can catch it if that answer is paused. By another name it is an error like any other.
   */
  readonly #onError = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'ECONNRESET') error.code = 'UND_ERR_SOCKET';
  };

  /**
   * undici throws where nobody can catch it when a connection ends whose answer is paused. All of that answer has been
   * read by then, and only its end is left. Which of those paused it is cannot be told; the others pause again at once.
   */
  readonly #onEnd = (): void => {
    for (const handler of [...this.#paused]) handler.runOut();
  };

  #pool(backend: Backend): Dispatcher {
    const known = this.#pools.get(backend);
    if (known !== undefined) return known;
    const pool = new this.#undici.Pool(...this.#target(backend));
    this.#pools.set(backend, pool);
    return pool;
  }

  #target(backend: Backend): [string, object] {
    const { protocol, socketPath } = endpointOf(backend);
    const origin = socketPath === undefined ? backend.url.origin : `${protocol}//localhost`;
    const connector = this.#undici.buildConnector({
      ...this.#tls,
      ...(socketPath !== undefined && { socketPath }),
      timeout: this.#connectTimeout,
    });
    const connect: Connector = (options, callback) => {
      // The name in the certificate is the backend's: undici would take it from the Host the client sent.
      connector({ ...options, servername: this.#tls.servername }, (error, socket) => {
        // In front of undici's own listeners.
        socket?.on('error', this.#onError).on('end', this.#onEnd);
        callback(error, socket);
      });
    };
    return [origin, { connect, ...NO_TIMEOUTS }];
  }
}

/** undici sends no trailers, and refuses `OPTIONS *`. */
function isBeyondUndici({ path, headers }: UpstreamRequest): boolean {
  return path === '*' || headerValues(headers, 'trailer').length > 0;
}

/** undici frames the body itself, by the length it is given or in chunks, and refuses to be told. */
function withoutFraming(headers: readonly string[]): readonly string[] {
  if (headerValues(headers, 'transfer-encoding').length === 0) return headers;
  const list: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (name !== 'Transfer-Encoding') list.push(name, headers[i + 1] as string);
  }
  return list;
}

function textOf(raw: readonly Buffer[]): string[] {
  return raw.map((bytes) => bytes.toString('latin1'));
}

/** undici's handler for one request: its oldest form, which is the one its parser calls without anything in between. */
class DispatchHandler implements Flight {
  readonly body: Buffer | Readable | null;
  readonly #sink: ResponseSink;
  #abort: ((reason?: Error) => void) | undefined;
  #resume: (() => void) | undefined;
  #aborted = false;
  #answered = false;
  #over = false;
  #runsOut = false;
  readonly #paused: Set<DispatchHandler>;

  constructor(request: UpstreamRequest, sink: ResponseSink, paused: Set<DispatchHandler>) {
    this.#paused = paused;
    const { body } = request;
    this.body = body === undefined || Buffer.isBuffer(body) ? (body ?? null) : new BodyStream(body, sink);
    this.#sink = sink;
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#abort = abort;
    // undici cannot be told to give up a request that still waits for its connection.
    if (this.#aborted) abort();
    else this.#sink.connected();
  }

  onHeaders(status: number, headers: readonly Buffer[], resume: () => void, reason: string): boolean {
    this.#resume = resume;
    this.#answered = true;
    const list = textOf(headers);
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
    if (this.#sink.data(chunk) || this.#runsOut) return true;
    this.#paused.add(this);
    return false;
  }

  onComplete(trailers: readonly Buffer[] | undefined): void {
    this.#paused.delete(this);
    if (!this.#over) this.#sink.end(textOf(trailers ?? []));
  }

  onError(error: Error): void {
    this.#paused.delete(this);
    if (this.#aborted || this.#over) return;
    // undici's words for a 101 or 100 that nobody asked for.
    if (error.message === 'bad upgrade' || error.message === 'bad response') {
      this.#sink.fail(new ProtocolError(`an interim answer nobody asked for (${error.message})`));
      return;
    }
    // undici does not say whether the connection had been used before; where it had not, nothing is lost by asking anew.
    const closed = 'code' in error && ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(String(error.code));
    this.#sink.fail(error, closed && this.#abort !== undefined && !this.#answered);
  }

  resume(): void {
    this.#paused.delete(this);
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
    this.#paused.delete(this);
    if (this.body instanceof Readable) this.body.destroy();
    this.#abort?.();
  }
}
