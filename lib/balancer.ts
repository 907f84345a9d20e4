import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Accounting } from './accounting.js';
import type { Affinity } from './core/affinity.js';
import { backendRecord } from './core/backend.js';
import { systemClock } from './core/clock.js';
import type { DrainReport } from './core/drain-report.js';
import type { FairleadError } from './core/errors.js';
import type { Emitter } from './core/events.js';
import type { Arrival, Exchange } from './core/exchange.js';
import { Pool } from './core/pool.js';
import { systemRandom } from './core/random.js';
import { Closing } from './fleet/closing.js';
import { drainTerms } from './fleet/drain-terms.js';
import { Membership } from './fleet/membership.js';
import { Operations } from './fleet/operations.js';
import { Vitals } from './fleet/vitals.js';
import { destroyResponse } from './forward/response/destroy.js';
import { deliverError } from './forward/response/error-response.js';
import { DominanceWatch } from './identity/dominance.js';
import { identified } from './identity/exchange.js';
import { leasesOf } from './lease-listeners.js';
import { Reporter } from './observe/reporter.js';
import type { Stats } from './observe/stats.js';
import type { Config } from './options.js';
import { type Explanation, explain, type RequestLike } from './path/explain.js';
import { brokenDown, type Journey, turnedAway } from './path/journey.js';
import { type Stages, stagesOf } from './path/stages.js';
import { travel } from './request-path.js';
import { Limits } from './resilience/limits/limits.js';
import { receive, upgradeOf } from './upgrade-listener.js';

type Next = (error?: unknown) => void;

/** Everything of one balancer, put together from its config. */
export class Balancer {
  readonly pool: Pool;
  readonly operations: Operations;
  readonly membership: Membership;
  readonly #config: Config;
  readonly #reporter: Reporter;
  readonly #vitals: Vitals;
  readonly #limits: Limits;
  readonly #stages: Stages;
  readonly #affinity: Affinity | undefined;
  readonly #accounting: Accounting;
  readonly #dominance: DominanceWatch | undefined;
  readonly #closing: Closing;

  constructor(config: Config) {
    this.#config = config;
    this.#reporter = new Reporter(config.name, config.logger);
    this.pool = poolOf(config);
    const environment = { clock: systemClock, random: systemRandom, pool: this.pool, reporter: this.#reporter };
    this.#vitals = new Vitals(config, environment);
    this.#limits = new Limits(config.limits, environment);
    this.operations = new Operations(this.pool, this.events, (backend, from) => {
      this.#vitals.stateChanged(backend, from);
      this.membership.draining.stateChanged(backend);
    });
    this.#affinity = config.sticky?.create({
      balancer: config.name,
      backends: () => this.pool.members.map(({ id }) => id),
      clock: systemClock,
      warn: (code, message) => this.#reporter.warned(code, message),
      threw: (what, cause) => this.#reporter.threw(what, cause),
    });
    this.#accounting = new Accounting(config, this.#reporter);
    this.#stages = stagesOf(config, {
      pool: this.pool,
      affinity: this.#affinity,
      leases: leasesOf({
        pool: this.pool,
        vitals: this.#vitals,
        accounting: this.#accounting,
        reporter: this.#reporter,
        limits: this.#limits,
        strategies: () => this.#stages,
        draining: () => this.membership.draining,
      }),
      limits: this.#limits,
      hears: this.#vitals.hears,
      reporter: this.#reporter,
      answered: (...told) => this.#accounting.answered(...told),
    });
    this.#closing = new Closing(this.#stages.forwarder, this.#stages.mirror, systemClock);
    this.membership = new Membership({
      ...environment,
      vitals: this.#vitals,
      operations: this.operations,
      forwarder: this.#stages.forwarder,
      pins: this.#affinity !== undefined,
      closing: () => this.#closing.refusal,
    });
    if (this.#affinity?.byAddress || this.#stages.strategy.byAddress)
      this.#dominance = new DominanceWatch((...seen) => this.#reporter.dominated(...seen));
    // Last: what throws above leaves no check behind that nobody could ever stop.
    this.#vitals.begin();
  }

  serve(request: IncomingMessage, response: ServerResponse, next: Next | undefined): void {
    void this.#serve({ request, response, upgrade: upgradeOf(request) }, next);
  }

  serveUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const received = receive(request, socket, head);
    if (received !== undefined) void this.#serve({ request, ...received }, undefined);
  }

  get events(): Emitter {
    return this.#reporter.events;
  }

  get reporter(): Reporter {
    return this.#reporter;
  }

  explain(request: RequestLike): Explanation {
    return explain(this.#stages, request, this.#config.trustProxy, this.#closing.refusal);
  }

  stats(): Stats {
    return this.#accounting.stats({
      pool: this.pool,
      stages: this.#stages,
      vitals: this.#vitals,
      limits: this.#limits,
    });
  }

  ready(): Promise<void> {
    return this.#vitals.ready();
  }

  async close(options: unknown): Promise<DrainReport> {
    const first = this.#closing.refusal === undefined;
    const report = await this.#closing.begin(drainTerms(options, 'close()'), (refusal) => {
      this.#affinity?.close?.();
      this.#vitals.close();
      this.#limits.close(refusal);
      this.membership.draining.close();
    });
    if (first) this.#reporter.changed('info', 'close', report, 'the balancer has closed');
    return report;
  }

  async #serve(arrival: Arrival, next: Next | undefined): Promise<void> {
    const since = systemClock.now();
    this.#accounting.arrived(since);
    this.#closing.enter();
    let exchange: Exchange | undefined;
    let journey: Journey;
    try {
      exchange = identified(arrival, this.#config, since);
      this.#dominance?.saw(exchange.client.address, since, this.pool.members.length);
      const { refusal } = this.#closing;
      journey = refusal === undefined ? await travel(this.#stages, exchange) : turnedAway(refusal);
    } catch (cause) {
      // A `trustProxy` function of the user's own may throw.
      journey = brokenDown(cause);
    }
    try {
      this.#accounting.finished(journey, exchange, since);
      this.#finished(journey, exchange, arrival, next);
      this.#accounting.tell(journey, exchange, arrival, since);
    } catch (cause) {
      // Nothing above throws; should it all the same, neither the process nor close() is to pay for it.
      this.#reporter.threw('the load balancer threw', cause);
      destroyResponse(arrival.response);
    }
    this.#closing.exit();
  }

  #finished(journey: Journey, exchange: Exchange | undefined, arrival: Arrival, next: Next | undefined): void {
    const { outcome, backend, pin } = journey;
    if (outcome.kind !== 'failed') return;
    // What an attempt failed of has been told when its lease was released.
    if (backend === undefined || pin === 'rejected') this.#reporter.failed(outcome.error);
    if (exchange !== undefined) this.#nameRequest(exchange);
    if (!outcome.committed) this.#answer(outcome.error, arrival, next);
  }

  /** An error answer carries the request's id too: it is where one is looked for. */
  #nameRequest({ response, requestId }: Exchange): void {
    const header = this.#config.requestId;
    if (header !== undefined && requestId !== undefined && !response.headersSent) response.setHeader(header, requestId);
  }

  /** No backend answered: the client gets its answer from us, from the app's error handlers, or from the user's function. */
  #answer(error: FairleadError, { request, response }: Arrival, next: Next | undefined): void {
    deliverError(error, { request, response, next }, this.#config.onError, (thrown) => {
      this.#reporter.threw('onError threw', thrown);
    });
  }
}

function poolOf({ backends, slowStart, zone, panicThreshold, limits, health }: Config): Pool {
  return new Pool(backends.map(backendRecord), {
    clock: systemClock,
    slowStart,
    zone,
    assume: health === false ? 'up' : health.timing.startup.assume,
    panicThreshold,
    maxConnections: limits.maxConnections,
  });
}
