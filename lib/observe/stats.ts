import type { AdminState, BreakerPhase, Steered } from '../core/backend.js';
import type { Health, LastCheck } from '../core/check.js';
import type { LeftOut } from '../core/eligibility.js';
import type { Connections } from '../core/engine.js';
import type { LatencyStats } from './latency-window.js';
import type { StatusCounts } from './status-counts.js';
import type { BackendStickyStats, StickyStats } from './sticky-statistics.js';

/** Bytes of bodies, and of what tunnels carry. Heads are not counted, and a body that is sent twice counts twice. */
export interface ByteCounts {
  /** From clients to backends. */
  readonly in: number;
  /** From backends to clients. */
  readonly out: number;
}

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
  /** Why it is none of the candidates for a client without a pin; absent if it is one. As `lb.explain` has it. */
  readonly leftOut?: LeftOut;
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
  /** Most requests that wait for its answer at once, as its latency has it; absent without `limits.adaptive`. */
  readonly limit?: number;
  /** Times it was left out because it had as many requests as it may have; absent without `limits.rate.backend`. */
  readonly rateLimited?: number;
  /** Requests ever sent there. */
  readonly total: number;
  /** Of these, those that failed through its fault. */
  readonly failed: number;
  /** Of these, those whose client went away, or that another attempt had answered first. */
  readonly aborted: number;
  /** Of these, those after which, or beside which, another attempt was to be made. */
  readonly retried: number;
  /** Requests sent there a second, over the last ten seconds. */
  readonly perSecond: number;
  /** From sending a request there to the head of its answer, of the answers that ended within the last minute. */
  readonly latency: LatencyStats;
  /** Its answers by the class of their status; who failed without an answer is not among them. */
  readonly statuses: StatusCounts;
  readonly bytes: ByteCounts;
  /** Connections to it that are kept for requests; absent where the engine does not say, or has none yet. */
  readonly connections?: Connections;
  readonly sticky?: BackendStickyStats;
  /** Times its breaker has opened. */
  readonly ejections: number;
  /** Absent before the first. */
  readonly lastCheck?: LastCheck;
  /** What it said of itself in its last deep check: `uptime` in ms, `memory` in bytes, `version`, `checks` ... */
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

/** Copies of requests (`mirror`). */
export interface MirrorStats {
  /** Sent off. */
  readonly sent: number;
  /** Of these, those that got no answer, or not all of it in time. */
  readonly failed: number;
  /** Not sent: the body too long or cut short, too many under way, or a request that no backend should see. */
  readonly skipped: number;
}

/** Requests that waited for a place (`limits.queue`). */
export interface QueueStats {
  /** Waiting now. */
  readonly waiting: number;
  /** Requests that ever had to wait. */
  readonly queued: number;
  /** Of these, those that waited in vain. */
  readonly timedOut: number;
  /** Requests that were refused because too many waited, those who had to make room for a higher priority included. */
  readonly rejected: number;
  /** Those whose client left while it waited. */
  readonly abandoned: number;
  /** Milliseconds that those who wait no more have waited, in all. */
  readonly waited: number;
}

/** Requests of a balancer, over all its backends. */
export interface RequestStats {
  /** Requests that came, those refused included. */
  readonly total: number;
  /** Of these, those that are not over: waiting for a place, with a backend or with two at once, or a tunnel. */
  readonly active: number;
  /** Upgraded sockets open now. */
  readonly upgrades: number;
  /** Requests that failed, other than by their client. */
  readonly failed: number;
  /** Attempts beyond a request's first. */
  readonly retried: number;
  /** Requests whose client went away. */
  readonly aborted: number;
  /** Requests that came in a second, over the last ten seconds. */
  readonly perSecond: number;
  /** Requests that got the answer to another client's; absent without the option `coalesce`. */
  readonly coalesced?: number;
}

/** A picture of the balancer at this moment. */
export interface Stats {
  readonly name: string;
  readonly strategy: string;
  /** Milliseconds since the balancer was made. */
  readonly uptime: number;
  readonly requests: RequestStats;
  readonly retries: RetryStats;
  /** Absent without `limits.queue`. */
  readonly queue?: QueueStats;
  /** Absent without the option `mirror`. */
  readonly mirrored?: MirrorStats;
  /** Requests refused because their client makes too many; absent without `limits.rate.client`. */
  readonly rateLimited?: number;
  /**
   * From a request's arrival to the head of its answer, failed attempts and waiting included, of the answers that ended
   * within the last minute.
   */
  readonly latency: LatencyStats;
  /** Requests that have ended, by the class of the status the client got; who went away counts as 499. */
  readonly statuses: StatusCounts;
  readonly bytes: ByteCounts;
  readonly sticky?: StickyStats;
  readonly backends: readonly BackendStats[];
}
