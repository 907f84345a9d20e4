import type { Arrival, Exchange } from '../core/exchange.js';
import { identify } from './client.js';
import { mountOf } from './mount.js';
import { requestIdOf } from './request-id.js';
import type { Trust } from './trust.js';

export interface IdentityOptions {
  /** The balancer's own `trustProxy`; undefined leaves it to the Express app's setting. */
  readonly trustProxy?: Trust | undefined;
  /** Name of the header that carries a request id; undefined for none. */
  readonly requestId: string | undefined;
}

/** A request that has come, with who is asking, where, and under which id. */
export function identified(
  { request, response, upgrade }: Arrival,
  { trustProxy, requestId }: IdentityOptions,
  since: number,
): Exchange {
  return {
    request,
    response,
    upgrade,
    since,
    mount: mountOf(request),
    client: identify(request, trustProxy),
    requestId: requestId === undefined ? undefined : requestIdOf(request, requestId),
  };
}
