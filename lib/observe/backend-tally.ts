import type { BackendRecord } from '../core/backend.js';
import type { Lease } from '../core/lease.js';
import type { Outcome } from '../core/outcome.js';
import { LatencyWindow } from './latency-window.js';
import { Rate } from './rate.js';
import type { BackendStats } from './stats.js';
import { StatusCounter } from './status-counts.js';

const NOTHING = new LatencyWindow().picture(0);

/** What a tally knows of a backend. */
export type Tallied = Pick<
  BackendStats,
  'total' | 'failed' | 'aborted' | 'perSecond' | 'latency' | 'statuses' | 'bytes' | 'lastUsed'
>;

/** Counts what leases on one backend tell. */
export class BackendTally {
  #failed = 0;
  #aborted = 0;
  /** By the balancer's clock. */
  #lastUsed: number | undefined;
  readonly #rate: Rate;
  readonly #statuses = new StatusCounter();
  /** Some 18 kB: made when the backend first answers, and let go once it has been silent for long. */
  #latency: LatencyWindow | undefined;

  constructor(now: number) {
    this.#rate = new Rate(now);
  }

  acquired(now: number): void {
    this.#rate.add(now);
  }

  released(outcome: Outcome, lease: Lease): void {
    this.#lastUsed = lease.since + outcome.duration;
    if (outcome.kind === 'aborted') this.#aborted++;
    if (outcome.kind === 'failed' && outcome.error.blame === 'backend') this.#failed++;
    const { status, responseTime } = outcome;
    if (responseTime < 0) return;
    this.#statuses.add(status);
    // That of a tunnel ends long after it was answered.
    if (lease.isUpgraded) return;
    this.#latency ??= new LatencyWindow();
    this.#latency.add(this.#lastUsed, responseTime);
  }

  /** @param epoch the date at which the balancer's clock stood at 0, in ms since 1970 */
  picture({ total, bytesIn, bytesOut }: BackendRecord, now: number, epoch: number): Tallied {
    const latency = this.#latency?.picture(now) ?? NOTHING;
    if (latency.count === 0) this.#latency = undefined;
    return {
      total,
      failed: this.#failed,
      aborted: this.#aborted,
      perSecond: this.#rate.perSecond(now),
      latency,
      statuses: this.#statuses.picture(),
      bytes: { in: bytesIn, out: bytesOut },
      lastUsed: this.#lastUsed === undefined ? undefined : Math.round(epoch + this.#lastUsed),
    };
  }
}
