import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Http2SecureServer, Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Balancer, type DrainReport } from './balancer.js';
import type { AdminState } from './core/backend.js';
import { BackendView } from './core/backend-view.js';
import type { EventName, Listener } from './core/events.js';
import type { Explanation, RequestLike } from './explain.js';
import type { Stats } from './observe/stats.js';
import { type LoadBalancerOptions, parseOptions } from './options.js';
import { type App, attachTo } from './upgrade-listener.js';

type Next = (error?: unknown) => void;

/** HTTP/2's compatibility API has what is needed of these, under types of its own. */
type AnyRequest = IncomingMessage | Http2ServerRequest;
type AnyResponse = ServerResponse | Http2ServerResponse;

/** A load balancer: a middleware for Express, Connect and `node:http`, and an object. */
export interface LoadBalancer {
  (request: AnyRequest, response: AnyResponse, next?: Next): void;
  /** For `server.on('upgrade', lb.upgrade)`: WebSockets and other changes of protocol. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /**
   * Takes the upgrades of a server: one listener, however many balancers. With `app` an upgrade runs through the app's
   * own middleware (session, auth, mount path) until a balancer takes it; one that nobody takes gets 404 on the socket.
   */
  attach(server: Server | Http2SecureServer, app?: App): void;
  /** Live views, in order of declaration. */
  readonly backends: readonly BackendView[];
  /**
   * `drain`: no new clients, those pinned by `sticky` stay. `maintenance`: nobody, and checks stop. `ready`: everyone; it
   * comes back slowly where `slowStart` says so.
   *
   * @throws FairleadError FAIRLEAD_OPTIONS for an unknown id or state
   */
  setState(id: string, state: AdminState): void;
  /**
   * Changes a backend's weight, from the next pick on.
   *
   * @throws FairleadError FAIRLEAD_OPTIONS for an unknown id or a weight that is none
   */
  setWeight(id: string, weight: number): void;
  /**
   * A picture of this moment. Computed when it is asked for; it costs some microseconds for each backend.
   */
  stats(): Stats;
  /** Who would get this request and why, backend by backend. Changes nothing and throws nothing. */
  explain(request: RequestLike): Explanation;
  on<Name extends EventName>(event: Name, listener: Listener<Name>): LoadBalancer;
  once<Name extends EventName>(event: Name, listener: Listener<Name>): LoadBalancer;
  off<Name extends EventName>(event: Name, listener: Listener<Name>): LoadBalancer;
  /** Resolves when every backend has been checked once, whatever came of it; at once without `health`. */
  ready(): Promise<void>;
  /**
   * Graceful end: new requests get 503 and `connection: close`, upgraded sockets are closed, requests in flight finish;
   * what is left after `timeout` (default 30 s) is cut. Then the connections to the backends are closed.
   */
  close(options?: { readonly timeout?: number | string | undefined }): Promise<DrainReport>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a load balancer.
 *
 * @example app.use('/api', loadBalancer({ backends: ['http://10.0.0.1:3000', 'http://10.0.0.2:3000'] }))
 * @throws FairleadError FAIRLEAD_OPTIONS that lists every problem with the options
 */
export function loadBalancer(options: LoadBalancerOptions): LoadBalancer {
  const balancer = new Balancer(parseOptions(options));
  // The name under which Express's own tools list it.
  function fairlead(request: AnyRequest, response: AnyResponse, next?: Next): void {
    balancer.serve(request as IncomingMessage, response as ServerResponse, next);
  }
  const lb: LoadBalancer = Object.assign(fairlead, {
    upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      balancer.serveUpgrade(request, socket as Socket, head);
    },
    attach: (server: Server | Http2SecureServer, app: App = fairlead): void => attachTo(server as Server, app),
    backends: Object.freeze(balancer.pool.members.map((backend) => new BackendView(backend, balancer.pool))),
    setState: (id: string, state: AdminState): void => balancer.operations.setState(id, state),
    setWeight: (id: string, weight: number): void => balancer.operations.setWeight(id, weight),
    stats: (): Stats => balancer.stats(),
    explain: (request: RequestLike): Explanation => balancer.explain(request),
    on<Name extends EventName>(event: Name, listener: Listener<Name>): LoadBalancer {
      balancer.events.on(event, listener);
      return lb;
    },
    once<Name extends EventName>(event: Name, listener: Listener<Name>): LoadBalancer {
      balancer.events.on(event, listener, true);
      return lb;
    },
    off<Name extends EventName>(event: Name, listener: Listener<Name>): LoadBalancer {
      balancer.events.off(event, listener);
      return lb;
    },
    ready: (): Promise<void> => balancer.ready(),
    close: (closing: { timeout?: number | string | undefined } = {}): Promise<DrainReport> => balancer.close(closing),
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await balancer.close({});
    },
  });
  return lb;
}
