import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, systemClock } from '../core/clock.js';
import type { LoadBalancer } from '../load-balancer.js';
import { type Actions, parseArguments } from './options.js';
import { refuse } from './respond.js';
import { routeOf } from './route.js';
import { Site } from './site.js';

type Next = (error?: unknown) => void;

export interface DashboardOptions {
  /**
   * Whether whoever sent this request may change states and weights; asked for each action, and once when a page is
   * opened, to show them at all. It may return a promise; what throws or rejects is a no. Default: nobody may.
   */
  readonly actions?: Actions | undefined;
}

/** A handler for any mount path, under Express, Connect or `node:http`. */
export interface Dashboard {
  (request: IncomingMessage, response: ServerResponse, next?: Next): void;
  /** Ends all streams, and listens to the balancers no longer. Open streams keep a server from closing. */
  close(): void;
}

/**
 * A live page about balancers, its JSON and its stream of events. It names backends and their URLs: mount it where only
 * operators come.
 *
 * @example app.use('/balancer', dashboard([api, shop], { actions: (req) => req.session?.isOperator === true }))
 * @throws FairleadError FAIRLEAD_OPTIONS that lists every problem with the options
 */
export function dashboard(
  balancers: LoadBalancer | readonly LoadBalancer[],
  options: DashboardOptions = {},
  clock: Clock = systemClock,
): Dashboard {
  const { list, actions } = parseArguments(balancers, options);
  const site = new Site(list, actions, clock);
  const handle = (request: IncomingMessage, response: ServerResponse, next?: Next): void => {
    const route = routeOf(request);
    if (route === undefined && next !== undefined) next();
    else {
      site.serve(route, request, response).catch((thrown: unknown) => {
        if (next !== undefined && !response.headersSent) next(thrown);
        else if (response.headersSent) response.destroy();
        else refuse(request, response, 500, 'the dashboard failed');
      });
    }
  };
  return Object.assign(handle, { close: (): void => site.close() });
}
