import {
  type AdminState,
  addressOf,
  type Backend,
  type BackendRecord,
  type BreakerPhase,
  type Steered,
} from '../core/backend.js';
import type { Health, LastCheck } from '../core/check.js';
import type { Clock } from '../core/clock.js';
import type { Outcome } from '../core/outcome.js';
import type { Pool } from '../core/pool.js';
import { type BackendStickyStats, type PinEnd, StickyStatistics, type StickyStats } from './sticky-statistics.js';

/** What can be seen of one backend. */
export interface BackendStats {
  readonly id: string;
  readonly url: string;
  readonly state: AdminState;
  /** What active checks say: `unknown` without any. */
  readonly health: Health;
  /** What its requests say. */
  readonly breaker: BreakerPhase;
  /** What it has asked for itself; absent unless it has (`health.steer`). */
  readonly steered?: Steered;
  /** Whether it can take a client without a pin; one of a later tier, or of another zone, waits for its turn. */
  readonly available: boolean;
  /** As declared, or as `setWeight` has set it. */
  readonly weight: number;
  /** What strategies go by: less while the backend starts slowly. */
  readonly effectiveWeight: number;
  /** Its tier: 0 unless declared; backups are 1. */
  readonly priority: number;
  readonly zone: string | undefined;
  /** Requests and upgraded sockets in flight. */
  readonly active: number;
  /** Of these, the upgraded sockets. */
  readonly upgrades: number;
  /** Requests ever sent there. */
  readonly total: number;
  /** Of these, those that failed through its fault. */
  readonly failed: number;
  /** Of these, those whose client went away, or that another attempt had answered first. */
  readonly aborted: number;
  readonly sticky?: BackendStickyStats;
  /** Times its breaker has opened. */
  readonly ejections: number;
  /** Absent before the first. */
  readonly lastCheck?: LastCheck;
  /** What it said of itself in its last deep check. */
  readonly report?: Readonly<Record<string, unknown>>;
  /** When a request to it last ended, in ms since the epoch; undefined if none has. */
  readonly lastUsed: number | undefined;
}

/** Attempts beyond the first, and those that were not made. */
export interface RetryStats {
  /** How often another attempt would have been made, had the budget allowed it. */
  readonly budgetExhausted: number;
  /** Second attempts made because the first took long (`hedge`). */
  readonly hedges: number;
}

/** A picture of the balancer at this moment. */
export interface Stats {
  readonly name: string;
  readonly strategy: string;
  /** Milliseconds since the balancer was made. */
  readonly uptime: number;
  readonly requests: {
    /** Requests that came, those refused included. */
    readonly total: number;
    readonly active: number;
    /** Upgraded sockets open now. */
    readonly upgrades: number;
    /** Requests that failed, other than by their client. */
    readonly failed: number;
    /** Attempts beyond a request's first. */
    readonly retried: number;
    /** Requests whose client went away. */
    readonly aborted: number;
  };
  readonly retries: RetryStats;
  readonly sticky?: StickyStats;
  readonly backends: readonly BackendStats[];
}

interface Tally {
  failed: number;
  aborted: number;
  lastUsed: number | undefined;
}

/** What checks and breaker know of a backend beyond its state. */
export type Findings = Pick<BackendStats, 'ejections' | 'lastCheck' | 'report'>;

const NO_FINDINGS: Findings = { ejections: 0 };

/** Counts what leases and finished requests tell. */
export class Statistics {
  readonly #clock: Clock;
  readonly #started: number;
  readonly #tallies = new WeakMap<Backend, Tally>();
  #total = 0;
  #failed = 0;
  #retried = 0;
  #aborted = 0;
  readonly #sticky: StickyStatistics | undefined;

  /** @param sticky whether clients are pinned at all */
  constructor(clock: Clock, sticky: boolean) {
    this.#clock = clock;
    this.#started = clock.now();
    this.#sticky = sticky ? new StickyStatistics(clock) : undefined;
  }

  /** A backend is done with one attempt. */
  released(backend: Backend, outcome: Outcome): void {
    const tally = this.#tally(backend);
    tally.lastUsed = this.#clock.date();
    if (outcome.kind === 'aborted') tally.aborted++;
    if (outcome.kind === 'failed' && outcome.error.blame === 'backend') tally.failed++;
  }

  /** A request is done, after all its attempts. */
  finished(outcome: Outcome, attempts: number, end: PinEnd, address: string): void {
    this.#total++;
    this.#retried += Math.max(0, attempts - 1);
    this.#sticky?.finished(end, address);
    if (outcome.kind === 'failed' && outcome.error.blame !== 'client') this.#failed++;
    if (outcome.kind === 'aborted') this.#aborted++;
  }

  picture(
    name: string,
    strategy: string,
    pool: Pool,
    retries: RetryStats,
    findings: (backend: BackendRecord) => Findings = () => NO_FINDINGS,
  ): Stats {
    const backends = pool.members.map((backend) => ({ ...this.#backend(backend, pool), ...findings(backend) }));
    const sum = (field: 'active' | 'upgrades'): number => backends.reduce((total, stats) => total + stats[field], 0);
    const active = sum('active');
    const shares = backends.map(({ sticky, weight }) => ({ clients: sticky?.clients ?? 0, weight }));
    const sticky = this.#sticky?.picture(shares);
    return {
      name,
      strategy,
      uptime: this.#clock.now() - this.#started,
      requests: {
        total: this.#total + active,
        active,
        upgrades: sum('upgrades'),
        failed: this.#failed,
        retried: this.#retried,
        aborted: this.#aborted,
      },
      retries,
      ...(sticky !== undefined && { sticky }),
      backends,
    };
  }

  #backend(backend: BackendRecord, pool: Pool): Omit<BackendStats, keyof Findings> {
    const {
      id,
      url,
      state,
      health,
      breaker,
      steered,
      configuredWeight: weight,
      priority,
      zone,
      active,
      upgrades,
      total,
    } = backend;
    const available = pool.isAvailable(backend);
    const effectiveWeight = pool.effectiveWeight(backend);
    const { failed, aborted, lastUsed } = this.#tally(backend);
    const sticky = this.#sticky?.of(backend);
    const counts = { active, upgrades, total, failed, aborted, ...(sticky !== undefined && { sticky }), lastUsed };
    const said = steered.state !== 'ready' || steered.share !== 1;
    const standing = { state, health, breaker, ...(said && { steered }), available };
    return { id, url: addressOf(url), ...standing, weight, effectiveWeight, priority, zone, ...counts };
  }

  #tally(backend: Backend): Tally {
    const known = this.#tallies.get(backend);
    if (known !== undefined) return known;
    const tally = { failed: 0, aborted: 0, lastUsed: undefined };
    this.#tallies.set(backend, tally);
    return tally;
  }
}
