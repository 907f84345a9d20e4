import { addressOf, type Backend, type BackendRecord } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import type { Lease, Traffic } from '../core/lease.js';
import type { Outcome } from '../core/outcome.js';
import type { Pool } from '../core/pool.js';
import { BackendTally, type Tallied } from './backend-tally.js';
import { LatencyWindow } from './latency-window.js';
import { Rate } from './rate.js';
import { statusOf } from './request-record.js';
import type { BackendStats, RetryStats, Stats } from './stats.js';
import { StatusCounter } from './status-counts.js';
import { type PinEnd, StickyStatistics } from './sticky-statistics.js';

/** What others know of a backend: its checks, its breaker, its retries, its limit, the engine. */
export type Findings = Pick<
  BackendStats,
  'ejections' | 'retried' | 'lastCheck' | 'report' | 'connections' | 'limit' | 'rateLimited'
>;

type Standing = Omit<BackendStats, keyof Findings | keyof Tallied | 'sticky'>;

/** What a picture is made from besides what is counted here. */
export interface Scene {
  readonly name: string;
  readonly strategy: string;
  readonly pool: Pool;
  readonly traffic: Traffic;
  readonly retries: RetryStats;
  /** Requests that got the answer to another one; undefined where none do. */
  readonly coalesced?: number | undefined;
  readonly findings: (backend: BackendRecord) => Findings;
}

/** Counts what leases and finished requests tell. */
export class Statistics {
  readonly #clock: Clock;
  readonly #started: number;
  /** By backend, so that nothing is left of one that is gone. */
  readonly #tallies = new WeakMap<Backend, BackendTally>();
  readonly #rate: Rate;
  readonly #latency = new LatencyWindow();
  readonly #statuses = new StatusCounter();
  /** Requests that came, and those that are over. The others wait for a place, or a backend has them, or two at once. */
  #arrived = 0;
  #finished = 0;
  #failed = 0;
  #retried = 0;
  #aborted = 0;
  readonly #sticky: StickyStatistics | undefined;

  /** @param sticky whether clients are pinned at all */
  constructor(clock: Clock, sticky: boolean) {
    this.#clock = clock;
    this.#started = clock.now();
    this.#rate = new Rate(this.#started);
    this.#sticky = sticky ? new StickyStatistics(clock) : undefined;
  }

  /** A request came. */
  arrived(now: number): void {
    this.#arrived++;
    this.#rate.add(now);
  }

  /** A backend gets an attempt. */
  acquired(backend: Backend, lease: Lease): void {
    this.#tally(backend).acquired(lease.since);
  }

  /** A backend is done with one attempt. */
  released(backend: Backend, outcome: Outcome, lease: Lease): void {
    this.#tally(backend).released(outcome, lease);
  }

  /** A request has its answer, whose end may be far away. */
  answered(end: PinEnd, address: string): void {
    this.#sticky?.settled(end, address);
  }

  /** A request is done, after all its attempts. @param since when it came */
  finished(outcome: Outcome, attempts: number, end: PinEnd, address: string, since: number): void {
    this.#finished++;
    this.#retried += Math.max(0, attempts - 1);
    this.#sticky?.settled(end, address);
    if (outcome.kind === 'failed' && outcome.error.blame !== 'client') this.#failed++;
    if (outcome.kind === 'aborted') this.#aborted++;
    this.#statuses.add(statusOf(outcome));
    const { status, responseTime, duration } = outcome;
    if (responseTime < 0 || status === 101) return;
    const now = this.#clock.now();
    this.#latency.add(now, now - since - (duration - responseTime));
  }

  picture({ name, strategy, pool, traffic, retries, coalesced, findings }: Scene): Stats {
    const now = this.#clock.now();
    const backends = pool.members.map((backend) => ({ ...this.#backend(backend, pool, now), ...findings(backend) }));
    // Who has left counts for as long as tunnels to it are open.
    const present: readonly Backend[] = [...pool.members, ...pool.departed];
    const shares = backends.map(({ sticky, weight }) => ({ clients: sticky?.clients ?? 0, weight }));
    const sticky = this.#sticky?.picture(shares);
    return {
      name,
      strategy,
      uptime: now - this.#started,
      requests: {
        total: this.#arrived,
        active: this.#arrived - this.#finished,
        upgrades: present.reduce((total, { upgrades }) => total + upgrades, 0),
        failed: this.#failed,
        retried: this.#retried,
        aborted: this.#aborted,
        perSecond: this.#rate.perSecond(now),
        ...(coalesced !== undefined && { coalesced }),
      },
      retries,
      latency: this.#latency.picture(now),
      statuses: this.#statuses.picture(),
      bytes: { in: traffic.bytesIn, out: traffic.bytesOut },
      ...(sticky !== undefined && { sticky }),
      backends,
    };
  }

  #backend(backend: BackendRecord, pool: Pool, now: number): Omit<BackendStats, keyof Findings> {
    const sticky = this.#sticky?.of(backend);
    const tallied = this.#tally(backend).picture(backend, now, this.#clock.date() - now);
    return { ...standingOf(backend, pool), ...tallied, ...(sticky !== undefined && { sticky }) };
  }

  #tally(backend: Backend): BackendTally {
    const known = this.#tallies.get(backend);
    if (known !== undefined) return known;
    const tally = new BackendTally(this.#clock.now());
    this.#tallies.set(backend, tally);
    return tally;
  }
}

function standingOf(backend: BackendRecord, pool: Pool): Standing {
  const { id, url, state, health, breaker, steered, configuredWeight: weight, priority, zone } = backend;
  const { active, upgrades } = backend;
  const leftOut = pool.leftOut(backend);
  const said = steered.state !== 'ready' || steered.share !== 1;
  return {
    id,
    url: addressOf(url),
    state,
    health,
    breaker,
    ...(said && { steered }),
    available: pool.isAvailable(backend),
    ...(leftOut !== undefined && { leftOut }),
    weight,
    effectiveWeight: pool.effectiveWeight(backend),
    priority,
    zone,
    active,
    upgrades,
  };
}
