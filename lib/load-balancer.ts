import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Http2SecureServer, Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Balancer } from './balancer.js';
import type { AdminState, BackendInput } from './core/backend.js';
import { type BackendView, viewsOf } from './core/backend-view.js';
import type { DrainReport } from './core/drain-report.js';
import type { EventName, Listener } from './core/events.js';
import type { DrainOptions } from './fleet/drain-terms.js';
import { reportsFor } from './observe/reporter.js';
import type { Stats } from './observe/stats.js';
import { type LoadBalancerOptions, parseOptions } from './options.js';
import type { Explanation, RequestLike } from './path/explain.js';
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
  /** Live views, in order of declaration; those that are being removed stand last. Another array when they change. */
  readonly backends: readonly BackendView[];
  /**
   * Adds a backend; requests go there at once, fewer at first where `slowStart` says so. One that is being removed stays,
   * declared anew.
   *
   * @throws FairleadError FAIRLEAD_OPTIONS that lists every problem, an id that is there already among them;
   * FAIRLEAD_CLOSING after `close`
   */
  add(input: string | URL | BackendInput): void;
  /**
   * Removes a backend once it has {@link drain}ed.
   *
   * @param options.timeout what is left after it is cut: milliseconds or `'30s'`. Default 30 s
   */
  remove(id: string, options?: Pick<DrainOptions, 'timeout' | 'upgrades'>): Promise<DrainReport>;
  /**
   * Makes these the backends, by id: new ones are added, those that are missing drained and removed. Of the others the
   * counters, health and all that was learned stay; what is declared otherwise than before changes. One whose id has
   * another address now is another backend.
   *
   * @param options.timeout for those that are removed; see {@link remove}
   * @throws FairleadError FAIRLEAD_OPTIONS that lists every problem: nothing is changed then; FAIRLEAD_CLOSING after `close`
   */
  update(inputs: readonly (string | URL | BackendInput)[], options?: DrainOptions): void;
  /**
   * Takes no new clients to a backend and resolves when nothing is under way there. Clients pinned by `sticky` have until
   * the deadline, so with `sticky` it takes that long. Its state is `drain` from then on, until `setState` says otherwise.
   * A further call joins the first, and can bring the deadline forward; `setState(id, 'ready')` calls it off.
   *
   * Rejects with FAIRLEAD_OPTIONS for an unknown id or bad options, with FAIRLEAD_CLOSING after `close`.
   */
  drain(id: string, options?: DrainOptions): Promise<DrainReport>;
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
   * Graceful end: new requests get 503 and `connection: close`, WebSockets are closed with 1012 (`upgrades: 'wait'` gives
   * them until the deadline), requests in flight finish; what is left after `timeout` (default 30 s) is cut. Then the
   * connections to the backends are closed. A further call joins the first, and can bring the deadline forward.
   */
  close(options?: DrainOptions): Promise<DrainReport>;
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
  const methods = {
    upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      balancer.serveUpgrade(request, socket as Socket, head);
    },
    attach: (server: Server | Http2SecureServer, app: App = fairlead): void => attachTo(server as Server, app),
    setState: (id: string, state: AdminState): void => balancer.operations.setState(id, state),
    setWeight: (id: string, weight: number): void => balancer.operations.setWeight(id, weight),
    add: (input: string | URL | BackendInput): void => balancer.membership.add(input),
    remove: (id: string, options?: DrainOptions): Promise<DrainReport> => balancer.membership.remove(id, options),
    update: (inputs: readonly (string | URL | BackendInput)[], options?: DrainOptions): void =>
      balancer.membership.update(inputs, options),
    drain: (id: string, options?: DrainOptions): Promise<DrainReport> => balancer.membership.drain(id, options),
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
    close: (options?: DrainOptions): Promise<DrainReport> => balancer.close(options),
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await balancer.close({});
    },
  };
  const views = viewsOf(balancer.pool);
  const lb: LoadBalancer = Object.assign(fairlead, methods, { backends: views() });
  // Not by Object.assign, which would read it once and for all.
  Object.defineProperty(lb, 'backends', { get: views, enumerable: true });
  reportsFor(lb, balancer.reporter);
  return lb;
}
