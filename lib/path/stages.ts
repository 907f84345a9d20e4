import type { Affinity } from '../core/affinity.js';
import type { BackendRecord } from '../core/backend.js';
import { systemClock } from '../core/clock.js';
import type { Exchange } from '../core/exchange.js';
import type { Leases } from '../core/lease.js';
import type { Pool } from '../core/pool.js';
import { systemRandom } from '../core/random.js';
import type { RequestTracer } from '../core/tracer.js';
import { Forwarder } from '../forward/forwarder.js';
import { announcesBody } from '../forward/request/body.js';
import { clientHost } from '../forward/request/forwarded.js';
import { originalTarget } from '../identity/mount.js';
import type { Reporter } from '../observe/reporter.js';
import type { PinEnd } from '../observe/sticky-statistics.js';
import { Tracing } from '../observe/tracing/tracing.js';
import type { Config } from '../options.js';
import type { Limits } from '../resilience/limits/limits.js';
import type { ClientRate } from '../resilience/limits/rate/client-rate.js';
import { Retries } from '../resilience/retries.js';
import { Coalescer } from '../shaping/coalescing/coalescer.js';
import type { ParsedCoalesce } from '../shaping/coalescing/options.js';
import type { Mirror } from '../shaping/mirroring/mirror.js';
import { mirrorOf } from './mirroring.js';
import type { Seating } from './seats.js';

/** What the request path leads through. */
export interface Stages extends Seating {
  readonly clientRate: ClientRate | undefined;
  /** Counts what became of a pin as soon as the answer is there; undefined where nobody is pinned. */
  readonly answered: ((end: PinEnd, exchange: Exchange) => void) | undefined;
  readonly forwarder: Forwarder;
  readonly retries: Retries;
  /** Undefined without the option `tracing`. */
  readonly tracer: RequestTracer | undefined;
  /** Undefined where nobody shares anything. */
  readonly coalescer: Coalescer | undefined;
  /** Undefined without the option `mirror`. */
  readonly mirror: Mirror | undefined;
}

/** What the stages of one balancer share with the rest of it. */
interface Shared {
  readonly pool: Pool;
  readonly affinity: Affinity | undefined;
  readonly leases: Leases;
  readonly limits: Limits;
  readonly reporter: Reporter;
  readonly answered: (end: PinEnd, exchange: Exchange) => void;
  /** Takes the header in which a backend speaks of itself; undefined where that is not wanted. */
  readonly hears: ((backend: BackendRecord, header: string) => void) | undefined;
}

/** The stages of the request path, as the options want them. */
export function stagesOf(
  config: Config,
  { pool, affinity, leases, limits, reporter, answered, hears }: Shared,
): Stages {
  const { timeouts, forwarded, strategy, retry, tls, path, host, headers, requestId, tracing } = config;
  const environment = { clock: systemClock, random: systemRandom };
  const engine = config.engine(tls);
  const { queue, clientRate } = limits;
  const waits = queue !== undefined;
  const retries = new Retries({ policy: retry, hedge: config.hedge, waits, pool, reporter, ...environment });
  return {
    pool,
    affinity,
    onLost: config.sticky?.onLost ?? 'redistribute',
    strategy: strategy.create(environment),
    spare: strategy.create(environment),
    leases,
    queue,
    clientRate,
    answered: affinity && answered,
    waits,
    forwarder: new Forwarder({
      engine,
      clock: systemClock,
      timeouts: { ...timeouts, perTry: retry.perTry },
      keeps: (request) => (retries.mayRepeat(request) ? config.replay.maxBytes : 0),
      forwarded,
      stickyCookie: affinity?.cookie,
      tls,
      path,
      host,
      headers: headers.request,
      responseHeaders: headers.response,
      requestId,
      hears,
    }),
    retries,
    tracer: tracing === false ? undefined : new Tracing(tracing, config.name, (...told) => reporter.threw(...told)),
    coalescer: config.coalesce && coalescerOf(config.coalesce, affinity, requestId, reporter),
    mirror: mirrorOf(config, engine),
  };
}

function coalescerOf(
  coalesce: ParsedCoalesce,
  affinity: Affinity | undefined,
  requestId: string | undefined,
  reporter: Reporter,
): Coalescer {
  return new Coalescer({
    ...coalesce,
    clock: systemClock,
    stickyCookie: affinity?.cookie,
    target: originalTarget,
    host: clientHost,
    hasBody: ({ request }) => announcesBody(request),
    ownHeaders: requestId === undefined ? [] : [requestId.toLowerCase()],
    threw: (what, cause) => reporter.threw(what, cause),
  });
}
