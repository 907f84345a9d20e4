import type { IncomingMessage } from 'node:http';
import type { BackendRecord } from '../../core/backend.js';
import type { Clock } from '../../core/clock.js';
import type { FairleadError } from '../../core/errors.js';
import type { Lease } from '../../core/lease.js';
import type { Pool } from '../../core/pool.js';
import type { Random } from '../../core/random.js';
import { AdaptiveLimits } from './adaptive/adaptive.js';
import type { ParsedLimits } from './options.js';
import { priorityOf } from './priority.js';
import { Queue, type QueueCounts } from './queue.js';
import { BackendRate } from './rate/backend-rate.js';
import { ClientRate } from './rate/client-rate.js';

/** What limits need of the balancer. */
export interface LimitsEnvironment {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly random: Random;
  /** Hears of a function of the user's that threw. */
  readonly reporter: { threw(what: string, cause: unknown): void };
}

/** How much backends are given at once, and what becomes of the rest. Hears of leases. */
export class Limits {
  readonly queue: Queue<Lease> | undefined;
  /** Undefined where clients may make any number of requests. */
  readonly clientRate: ClientRate | undefined;
  readonly #backendRate: BackendRate | undefined;
  readonly #adaptive: AdaptiveLimits | undefined;
  readonly #pool: Pool;

  constructor({ queue, rate, priority, adaptive }: ParsedLimits, { pool, clock, random, reporter }: LimitsEnvironment) {
    const threw = (what: string, cause: unknown): void => reporter.threw(what, cause);
    this.#pool = pool;
    if (queue !== undefined) {
      const ranked = priority && ((request: IncomingMessage) => priorityOf(priority, request, threw));
      const waiting = new Queue<Lease>({
        ...queue,
        clock,
        priority: ranked,
        isBusy: (backend) => pool.isBusy(backend),
      });
      this.queue = waiting;
      pool.onChange = () => waiting.wake();
    }
    this.#adaptive = adaptive && new AdaptiveLimits(adaptive, clock, random);
    this.clientRate = rate?.client && new ClientRate({ ...rate.client, clock, threw });
    const changed = (backend: BackendRecord): void => this.#changed(backend);
    this.#backendRate = rate?.backend && new BackendRate({ ...rate.backend, clock, changed, threw });
  }

  /** A request sets out for it. */
  acquired(backend: BackendRecord): void {
    this.#backendRate?.acquired(backend);
    this.#adaptive?.acquired(backend);
  }

  /** The head of an answer is on its way to the client. */
  answered(backend: BackendRecord, lease: Lease, status: number): void {
    if (this.#adaptive === undefined) return;
    this.#adaptive.answered(backend, lease, status);
    this.#changed(backend);
  }

  /** A request has ended there; who has yet to hear of it is told before `vacated`. */
  released(backend: BackendRecord, lease: Lease): void {
    this.#adaptive?.released(backend, lease);
  }

  /** A request has ended there, and everyone has heard of it. */
  vacated(backend: BackendRecord): void {
    if (!backend.full) this.queue?.wake(backend);
  }

  #changed(backend: BackendRecord): void {
    this.#pool.recount(backend);
    this.vacated(backend);
  }

  /** What can be seen of the limits of one. */
  findings(backend: BackendRecord): { readonly limit?: number; readonly rateLimited?: number } {
    const limit = this.#adaptive?.limitOf(backend);
    const rateLimited = this.#backendRate?.limitedOf(backend);
    return { ...(limit !== undefined && { limit }), ...(rateLimited !== undefined && { rateLimited }) };
  }

  counts(): { readonly queue?: QueueCounts; readonly rateLimited?: number } {
    return {
      ...(this.queue !== undefined && { queue: this.queue.counts() }),
      ...(this.clientRate !== undefined && { rateLimited: this.clientRate.limited }),
    };
  }

  close(error: FairleadError): void {
    this.queue?.close(error);
    this.#backendRate?.close();
  }
}
