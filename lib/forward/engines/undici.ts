import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { Backend } from '../../core/backend.js';
import { endpointOf } from '../../core/endpoint.js';
import type {
  Connections,
  Engine,
  EngineModule,
  Flight,
  ResponseSink,
  TlsOptions,
  UpstreamRequest,
} from '../../core/engine.js';
import { headerValues } from '../../util/header-list.js';
import { together } from '../upstream/connections.js';
import { DispatchHandler } from '../upstream/dispatch-handler.js';
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

/** A pool of undici's, and what became of its connections. */
interface Route {
  readonly pool: Dispatcher & { readonly stats: { readonly connected: number; readonly free: number } };
  opened: number;
  /** Requests that were put on a connection. */
  carried: number;
}

type Connector = (options: object, callback: (error: Error | null, socket: Socket | null) => void) => void;

interface UndiciModule {
  buildConnector(options: object): Connector;
  Pool: new (origin: string, options: object) => Route['pool'];
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
  readonly #routes = new Map<Backend, Route>();
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
    const route = fresh ? undefined : this.#route(backend);
    const handler = new DispatchHandler(request, sink, this.#paused, route);
    const headers = withoutFraming(request.headers);
    // With `reset` the connection is closed after the answer, so that a fresh one is nobody's idle one later.
    const dispatcher = route?.pool ?? new this.#undici.Client(...this.#target(backend));
    // A name that changes would close the connection each time; the true one is the connector's affair.
    const servername = backend.url.hostname;
    const body = handler.body;
    dispatcher.dispatch({ method, path, headers, body, servername, ...(fresh && { reset: true }) }, handler);
    if (fresh) void dispatcher.close();
    return handler;
  }

  connections(backend: Backend): Connections | undefined {
    const route = this.#routes.get(backend);
    const beside = this.#nodeHttp.connections?.(backend);
    if (route === undefined) return beside;
    const { opened, carried, pool } = route;
    const { connected: open, free: idle } = pool.stats;
    return together({ open, idle, opened, reused: Math.max(0, carried - opened) }, beside);
  }

  async release(backend: Backend): Promise<void> {
    const route = this.#routes.get(backend);
    this.#routes.delete(backend);
    await Promise.all([this.#nodeHttp.release?.(backend), route?.pool.destroy()]);
  }

  async close(): Promise<void> {
    await this.#nodeHttp.close();
    await Promise.all([...this.#routes.values()].map(({ pool }) => pool.destroy()));
    this.#routes.clear();
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

  #route(backend: Backend): Route {
    const known = this.#routes.get(backend);
    if (known !== undefined) return known;
    const pool = new this.#undici.Pool(...this.#target(backend, () => route.opened++));
    const route: Route = { pool, opened: 0, carried: 0 };
    this.#routes.set(backend, route);
    return route;
  }

  #target(backend: Backend, opened?: () => void): [string, object] {
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
        if (socket !== null) opened?.();
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
