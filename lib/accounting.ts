import type { BackendRecord } from './core/backend.js';
import { systemClock } from './core/clock.js';
import type { Arrival, Exchange } from './core/exchange.js';
import type { Lease } from './core/lease.js';
import type { Outcome } from './core/outcome.js';
import type { Pool } from './core/pool.js';
import type { Vitals } from './fleet/vitals.js';
import { originalTarget } from './identity/mount.js';
import type { Reporter } from './observe/reporter.js';
import { requestRecord } from './observe/request-record.js';
import { type Findings, Statistics } from './observe/statistics.js';
import type { Stats } from './observe/stats.js';
import type { PinEnd } from './observe/sticky-statistics.js';
import type { Config } from './options.js';
import type { Journey } from './path/journey.js';
import type { Stages } from './path/stages.js';
import type { Limits } from './resilience/limits/limits.js';

/** Who knows what is not counted here. */
interface Sources {
  readonly pool: Pool;
  readonly stages: Stages;
  readonly vitals: Vitals;
  readonly limits: Limits;
}

/** What is counted of requests, and told of them once they are over. */
export class Accounting {
  readonly #config: Pick<Config, 'name' | 'strategy' | 'sticky'>;
  readonly #reporter: Reporter;
  readonly #statistics: Statistics;

  constructor(config: Pick<Config, 'name' | 'strategy' | 'sticky'>, reporter: Reporter) {
    this.#config = config;
    this.#reporter = reporter;
    this.#statistics = new Statistics(systemClock, config.sticky !== undefined);
  }

  arrived(now: number): void {
    this.#statistics.arrived(now);
  }

  acquired(backend: BackendRecord, lease: Lease): void {
    this.#statistics.acquired(backend, lease);
  }

  released(backend: BackendRecord, outcome: Outcome, lease: Lease): void {
    this.#statistics.released(backend, outcome, lease);
  }

  /** A client gets its answer: from here on it is where it is, however long that takes. */
  answered(end: PinEnd, { client }: Exchange): void {
    this.#statistics.answered(end, client.address);
  }

  /** @param since when it came; @param exchange undefined where it could not be told who asks */
  finished(journey: Journey, exchange: Exchange | undefined, since: number): void {
    // As it is, without a rest of it: that would be made anew for each request.
    const { outcome, attempts } = journey;
    this.#statistics.finished(outcome, attempts, journey, exchange?.client.address ?? '', since);
  }

  /** Tells whoever listens of a request that is over. */
  tell(journey: Journey, exchange: Exchange | undefined, { request, upgrade }: Arrival, since: number): void {
    const { events } = this.#reporter;
    if (!events.heard('request')) return;
    const { outcome, backend, attempts, pin } = journey;
    const duration = systemClock.now() - since;
    const told = {
      at: systemClock.date() - duration,
      balancer: this.#config.name,
      request,
      url: originalTarget(request),
      client: exchange?.client.address ?? '',
      upgrade: upgrade !== undefined,
      attempts,
      duration,
      requestId: exchange?.requestId,
      sticky: this.#config.sticky === undefined ? undefined : pin,
      coalesced: journey.coalesced,
    };
    events.emit('request', requestRecord(told, outcome, backend));
  }

  stats({ pool, stages, vitals, limits }: Sources): Stats {
    const { name, strategy } = this.#config;
    const { leases, retries, forwarder } = stages;
    const findings = (backend: BackendRecord): Findings => {
      const connections = forwarder.connections(backend);
      const known = { ...vitals.findings(backend), ...limits.findings(backend), retried: retries.after(backend) };
      return connections === undefined ? known : { ...known, connections };
    };
    const { traffic } = leases;
    const picture = this.#statistics.picture({
      name,
      strategy: strategy.name,
      pool,
      traffic,
      retries: retries.counts(),
      coalesced: stages.coalescer?.coalesced,
      findings,
    });
    const { mirror } = stages;
    return { ...picture, ...limits.counts(), ...(mirror !== undefined && { mirrored: mirror.counts }) };
  }
}
