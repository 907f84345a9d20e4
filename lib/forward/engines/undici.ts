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
import { missingPackage, optionalPackage, otherMajor } from '../../core/optional-package.js';
import { headerValues } from '../../util/header-list.js';
import { together } from '../upstream/connections.js';
import { DispatchHandler } from '../upstream/dispatch-handler.js';
import { HeadReader } from '../upstream/head-reader.js';
import { type Client, type ClientMaker, type Connector, UndiciConnections } from '../upstream/undici-connections.js';
import { httpProxy } from './http-proxy.js';

/**
 * The fast engine, on undici 7 (an optional peer): `Client.dispatch` with raw header arrays, without the objects and
 * streams that node:http makes for each exchange.
 */
export const undici: EngineModule = {
  // The version first: what another one says when it is loaded, or asked, does not tell what to do.
  missing: () => otherMajor('undici', 7) ?? missingPackage('undici', 7),
  create: (tls) => new UndiciEngine(optionalPackage('undici'), tls),
};

/** As much of undici as is used here: its types are no part of ours, since it may not be there. */
interface UndiciModule {
  buildConnector(options: object): Connector;
  Client: new (origin: string, options: object) => Client;
}

/**
 * Timeouts are fairlead's own; undici's would end in errors that cannot be told apart. A client carries one request at a
 * time: with room for a second it takes the next one as soon as the first is over, and not a turn of the event loop later.
 */
const SETTINGS = { headersTimeout: 0, bodyTimeout: 0, pipelining: 2 };

/** What there is for each backend. */
interface Route {
  readonly connections: UndiciConnections;
  readonly heads: HeadReader;
}

class UndiciEngine implements Engine {
  readonly #undici: UndiciModule;
  readonly #tls: TlsOptions;
  /** Carries the odd request that undici has no words for. */
  readonly #nodeHttp: Engine;
  readonly #routes = new Map<Backend, Route>();

  constructor(module: UndiciModule, tls: TlsOptions) {
    this.#undici = module;
    this.#tls = tls;
    this.#nodeHttp = httpProxy.create(tls);
  }

  send(request: UpstreamRequest, sink: ResponseSink): Flight {
    if (isBeyondUndici(request)) return this.#nodeHttp.send(request, sink);
    const { method, path, backend, fresh } = request;
    const { connections, heads } = this.#route(backend);
    const connection = connections.take(fresh);
    const handler = new DispatchHandler(request, sink, connection, heads);
    const headers = withoutFraming(request.headers);
    // A name that changes would close the connection each time; the true one is the connector's affair.
    connection.carry({ method, path, headers, body: handler.body, servername: 'backend' }, handler);
    return handler;
  }

  connections(backend: Backend): Connections | undefined {
    return together(this.#routes.get(backend)?.connections.counts, this.#nodeHttp.connections?.(backend));
  }

  async release(backend: Backend): Promise<void> {
    const route = this.#routes.get(backend);
    this.#routes.delete(backend);
    await Promise.all([this.#nodeHttp.release?.(backend), route?.connections.destroy()]);
  }

  async close(): Promise<void> {
    await this.#nodeHttp.close();
    await Promise.all([...this.#routes.values()].map(({ connections }) => connections.destroy()));
    this.#routes.clear();
  }

  #route(backend: Backend): Route {
    const known = this.#routes.get(backend);
    if (known !== undefined) return known;
    const route = { connections: new UndiciConnections(this.#maker(backend)), heads: new HeadReader() };
    this.#routes.set(backend, route);
    return route;
  }

  #maker(backend: Backend): ClientMaker {
    const { protocol, socketPath } = endpointOf(backend);
    const origin = socketPath === undefined ? backend.url.origin : `${protocol}//localhost`;
    const connector = this.#undici.buildConnector({
      ...this.#tls,
      ...(socketPath !== undefined && { socketPath }),
      timeout: 0,
    });
    // The name in the certificate is the backend's: undici would take it from the Host the client sent.
    const named: Connector = (options, callback) =>
      connector({ ...options, servername: this.#tls.servername }, callback);
    return (wire) => new this.#undici.Client(origin, { connect: wire(named), ...SETTINGS });
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
