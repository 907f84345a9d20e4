import type { ClientRequest, IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import util from 'node:util';
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
import { ProtocolError } from '../failure.js';
import { type BackendAgent, backendAgent, together, whenEstablished } from '../upstream/connections.js';
import { pumpRequest, pumpResponse } from '../upstream/pump.js';

/**
 * The default engine, on http-proxy 1.18.1. http-proxy is handed stand-ins for the client's request and response, so
 * that it makes and sends the upstream request and nothing else: headers, path and body are ours, and its listeners,
 * header edits and error answers meet an object of one attempt and never the client's.
 */
export const httpProxy: EngineModule = {
  create: (tls) => new HttpProxyEngine(tls),
};

/** As much of http-proxy as is used here; its own types are of no use to stand-ins. */
interface ProxyServer {
  web(request: ProxiedRequest, response: object, options: object, onError: (error: Error) => void): void;
  on(event: 'proxyRes', listener: (incoming: IncomingMessage, request: ProxiedRequest) => void): void;
}

interface ProxyModule {
  createProxyServer(options: object): ProxyServer;
}

/** Loads http-proxy without the DEP0060 warning that its captured `util._extend` would print on Node 22 and later. */
function loadHttpProxy(): ProxyModule {
  const legacy = util as typeof util & { _extend: typeof Object.assign };
  const deprecated = legacy._extend;
  legacy._extend = Object.assign;
  try {
    return createRequire(import.meta.url)('http-proxy');
  } finally {
    legacy._extend = deprecated;
  }
}

/** A response that http-proxy leaves alone: with `finished` it adds no listener and pipes nothing. */
const ANSWERED_BY_US = { headersSent: true, finished: true };

interface Route {
  readonly proxy: ProxyServer;
  readonly agent: BackendAgent;
}

class HttpProxyEngine implements Engine {
  readonly #module = loadHttpProxy();
  readonly #tls: TlsOptions;
  readonly #routes = new Map<Backend, Route>();
  readonly #freshRoutes = new Map<Backend, Route>();

  constructor(tls: TlsOptions) {
    this.#tls = tls;
  }

  send(request: UpstreamRequest, sink: ResponseSink): Flight {
    // A backend that sends a body behind HEAD all the same would have it taken for the next answer: undici, too, ends
    // the connection there.
    const { proxy, agent } = this.#route(request.backend, request.fresh || request.method === 'HEAD');
    const proxied = new ProxiedRequest(request, sink, agent);
    proxy.web(proxied, ANSWERED_BY_US, { ssl: new OutgoingOptions(request) }, (error) => proxied.failed(error));
    return proxied;
  }

  connections(backend: Backend): Connections | undefined {
    return together(this.#routes.get(backend)?.agent.connections, this.#freshRoutes.get(backend)?.agent.connections);
  }

  release(backend: Backend): void {
    for (const routes of [this.#routes, this.#freshRoutes]) {
      routes.get(backend)?.agent.http.destroy();
      routes.delete(backend);
    }
  }

  close(): void {
    for (const routes of [this.#routes, this.#freshRoutes]) {
      for (const { agent } of routes.values()) agent.http.destroy();
      routes.clear();
    }
  }

  #route(backend: Backend, fresh: boolean): Route {
    const routes = fresh ? this.#freshRoutes : this.#routes;
    const known = routes.get(backend);
    if (known !== undefined) return known;
    const { protocol, hostname, port, socketPath } = endpointOf(backend);
    const agent = backendAgent(backend, this.#tls, !fresh);
    const proxy = this.#module.createProxyServer({
      target: { protocol, host: hostname, hostname, port, socketPath },
      agent: agent.http,
      secure: this.#tls.rejectUnauthorized !== false,
      selfHandleResponse: true,
      // Spares url.parse on every request; the path is ours (see OutgoingOptions).
      toProxy: true,
      ignorePath: true,
    });
    proxy.on('proxyRes', (incoming, request) => request.answered(incoming));
    const route = { proxy, agent };
    routes.set(backend, route);
    return route;
  }
}

/** What http-proxy sets for each request and is the agent's affair, or nobody's. */
const THE_AGENTS = [
  ...['ca', 'cert', 'ciphers', 'key', 'passphrase', 'pfx', 'rejectUnauthorized', 'secureProtocol'],
  ...['host', 'localAddress'],
];

/**
 * The object http-proxy fills in and gives to `http.request`. Its headers and path are fixed: http-proxy would merge
 * repeated headers, turn their order around and collapse `//` in the path. As a flat array the headers go out at once, in
 * order and spelling, before any event could come too late (`proxyReq` does when a connection is queued, or never, with
 * Expect).
 */
class OutgoingOptions {
  readonly #request: UpstreamRequest;
  declare headers: readonly string[];
  declare path: string;

  constructor(request: UpstreamRequest) {
    this.#request = request;
    Object.defineProperty(this, 'headers', OutgoingOptions.#headers);
    Object.defineProperty(this, 'path', OutgoingOptions.#path);
  }

  // What the agent knows already would only be copied, twice for each request.
  static {
    for (const name of THE_AGENTS) Object.defineProperty(OutgoingOptions.prototype, name, { set() {} });
  }

  // http.request copies own enumerable properties only, so these cannot be accessors of the class.
  static readonly #headers = {
    enumerable: true,
    get(this: OutgoingOptions) {
      return this.#request.headers;
    },
    set() {},
  };

  static readonly #path = {
    enumerable: true,
    get(this: OutgoingOptions) {
      return this.#request.path;
    },
    set() {},
  };
}

/** What http-proxy takes for the client's request, and the flight that its upstream request becomes. */
class ProxiedRequest implements Flight {
  readonly method: string;
  /** http-proxy's passes read and edit these (`deleteLength`); what goes out is in {@link OutgoingOptions}. */
  readonly headers: object = {};
  readonly url = '/';
  /** Asked for `destroyed` before it swallows a reset: every error is to reach us. */
  readonly socket = { destroyed: false };
  readonly #request: UpstreamRequest;
  readonly #sink: ResponseSink;
  readonly #agent: BackendAgent;
  /** What had come over the connection before this request. */
  #readBefore = 0;
  #upstream: ClientRequest | undefined;
  #incoming: IncomingMessage | undefined;
  #stopPump: (() => void) | undefined;

  constructor(request: UpstreamRequest, sink: ResponseSink, agent: BackendAgent) {
    this.method = request.method;
    this.#request = request;
    this.#sink = sink;
    this.#agent = agent;
  }

  /** http-proxy listens for `aborted` and `error` here; the caller sees to the client, `abort` to the rest. */
  on(): this {
    return this;
  }

  /** Called by http-proxy, before anything is sent, with the request it has made. */
  pipe(upstream: ClientRequest): void {
    this.#upstream = upstream;
    const { body, backend } = this.#request;
    // Node's default of 2,000 cuts off the rest without a word; `maxHeaderSize` still bounds it.
    upstream.maxHeadersCount = 0;
    upstream.on('socket', (socket) => {
      this.#readBefore = socket.bytesRead;
      if (upstream.reusedSocket) this.#agent.reused++;
      whenEstablished(socket, backend, () => {
        this.#sink.connected();
        if (body !== undefined && !Buffer.isBuffer(body)) this.#stopPump = pumpRequest(body, upstream, this.#sink);
      });
    });
    upstream.on('information', ({ statusCode, rawHeaders }) => {
      // Nobody asked for a 100: Expect was answered by our own server and not sent on.
      if (statusCode !== 100) this.#sink.informational(statusCode, rawHeaders);
    });
    // Without a listener Node drops the socket of a 101 nobody asked for and says nothing: the request would hang.
    upstream.on('upgrade', (_incoming, socket) => {
      socket.destroy();
      this.#sink.fail(new ProtocolError('the backend switched protocols unasked'));
    });
    if (body === undefined) upstream.end();
    else if (Buffer.isBuffer(body)) upstream.end(body);
  }

  answered(incoming: IncomingMessage): void {
    this.#incoming = incoming;
    pumpResponse(incoming, this.#sink, this.method);
  }

  failed(error: Error): void {
    const closed = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
    const silent = this.#upstream?.socket?.bytesRead === this.#readBefore;
    const stale = closed && silent && this.#upstream?.reusedSocket === true;
    this.#sink.fail(error, stale);
  }

  resume(): void {
    this.#incoming?.resume();
  }

  abort(): void {
    this.#stopPump?.();
    this.#upstream?.destroy();
  }
}
