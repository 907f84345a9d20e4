import type { IncomingMessage } from 'node:http';
import type { BackendRecord } from '../../core/backend.js';
import type { Clock } from '../../core/clock.js';
import type { FairleadError } from '../../core/errors.js';
import type { Lease } from '../../core/lease.js';
import type { Pool } from '../../core/pool.js';
import type { Random } from '../../core/random.js';
import type { ParsedLimits } from './options.js';
import { priorityOf } from './priority.js';
import { Queue, type QueueCounts } from './queue.js';

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

  constructor({ queue, priority }: ParsedLimits, { pool, clock, reporter }: LimitsEnvironment) {
    if (queue === undefined) return;
    const threw = (what: string, cause: unknown): void => reporter.threw(what, cause);
    const ranked = priority && ((request: IncomingMessage) => priorityOf(priority, request, threw));
    const waiting = new Queue<Lease>({ ...queue, clock, priority: ranked, isBusy: (backend) => pool.isBusy(backend) });
    this.queue = waiting;
    pool.onChange = () => waiting.wake();
  }

  /** A request has ended there, and everyone has heard of it. */
  vacated(backend: BackendRecord): void {
    if (!backend.full) this.queue?.wake(backend);
  }

  counts(): { readonly queue?: QueueCounts } {
    return this.queue === undefined ? {} : { queue: this.queue.counts() };
  }

  close(error: FairleadError): void {
    this.queue?.close(error);
  }
}
