import type { BackendRecord } from '../core/backend.js';
import type { Clock, Timer } from '../core/clock.js';
import type { Lease } from '../core/lease.js';
import { type Outcome, outcomeOf } from '../core/outcome.js';
import { type BreakerEvent, type BreakerState, CLOSED, transition } from './breaker-state.js';
import { neverArrived } from './retry.js';
import type { TripRule } from './trip-rules/rule.js';
import type { BreakerConfig } from './trip-rules/spec.js';
import { Unreachable } from './unreachable.js';
import { type Verdict, verdictOf } from './verdict.js';

/** What became of a backend's breaker, and why. */
export interface BreakerChange {
  readonly from: BreakerState;
  readonly to: BreakerState;
  readonly reason: string;
}

export interface BreakerEnvironment {
  readonly clock: Clock;
  /** How many backends there are. */
  readonly members: () => number;
  readonly onChange: (backend: BackendRecord, change: BreakerChange) => void;
  /** It cannot be connected to, and no more may be left out; or that is over. */
  readonly onUnreachable: (backend: BackendRecord, unreachable: boolean) => void;
  /** A rule of the user's own threw. */
  readonly onThrow: (thrown: unknown) => void;
}

interface Entry {
  state: BreakerState;
  ejections: number;
  /** Of the state it is in: until half-open, or until its trial is given up. None while closed. */
  timer: Timer | undefined;
}

/**
 * A trial that has no answer for so long decides nothing any more, or its backend would wait with it: `timeouts.headers`
 * may be 0. Longer than any attempt can wait for its answer with the default timeouts.
 */
const PATIENCE = 120_000;

/**
 * Leaves backends out by what their requests come to. Learns from leases alone, as they are taken and released; what
 * happens then is `transition`'s to say, when it happens the trip rule's. A timer runs only for a breaker that is not
 * closed.
 */
export class Breaker {
  readonly #config: BreakerConfig;
  readonly #environment: BreakerEnvironment;
  readonly #rule: TripRule;
  readonly #entries = new Map<BackendRecord, Entry>();
  readonly #unreachable: Unreachable;
  /** Backends whose breaker is not closed. */
  #out = 0;
  #ended = false;

  constructor(config: BreakerConfig, environment: BreakerEnvironment) {
    this.#config = config;
    this.#environment = environment;
    this.#rule = config.rule(environment.clock);
    this.#unreachable = new Unreachable(environment.clock, environment.onUnreachable);
  }

  /** Times this backend has been left out. */
  ejections(backend: BackendRecord): number {
    return this.#entries.get(backend)?.ejections ?? 0;
  }

  acquired(backend: BackendRecord, lease: Lease): void {
    // Nobody is out, as nearly always.
    if (this.#out > 0) this.#apply(backend, { kind: 'admitted', request: lease }, 'a request is let through');
  }

  /**
   * The head of an answer is there. It decides a trial: an event stream has no end, and its backend would be half-open for
   * as long. Otherwise requests are judged when they end, or an answer that breaks off would be a success and a failure.
   */
  answered(backend: BackendRecord, lease: Lease, status: number): void {
    if (this.#out === 0 || this.#entries.get(backend)?.state.kind !== 'half-open') return;
    const ms = this.#environment.clock.now() - lease.since;
    const outcome = outcomeOf({ kind: 'answered' }, status, ms, ms);
    this.#judge(backend, outcome, verdictOf(outcome, this.#config.statuses), lease);
  }

  /**
   * The protocol is switched, and the request answered with that. A tunnel may last for days: it decides now, or a backend
   * that has nothing but tunnels would never be back, and all its successes would go unnoticed.
   */
  upgraded(backend: BackendRecord, lease: Lease): void {
    const ms = this.#environment.clock.now() - lease.since;
    this.#judge(backend, outcomeOf({ kind: 'answered' }, 101, ms, ms), 'passed', lease);
  }

  released(backend: BackendRecord, outcome: Outcome, lease: Lease): void {
    const verdict = verdictOf(outcome, this.#config.statuses);
    // That one has been heard of when its protocol was switched.
    if (verdict === 'passed' && lease.isUpgraded) return;
    this.#judge(backend, outcome, verdict, lease);
  }

  #judge(backend: BackendRecord, outcome: Outcome, verdict: Verdict, lease: Lease): void {
    const state = this.#entries.get(backend)?.state ?? CLOSED;
    if (state.kind === 'closed') {
      // What was sent before the breaker closed says nothing of the time since.
      if (verdict !== 'none' && lease.since >= state.since) this.#learn(backend, verdict === 'failed', outcome);
      return;
    }
    const at = this.#environment.clock.now();
    this.#apply(backend, { kind: 'ended', request: lease, verdict, at }, reasonOf(verdict, outcome));
  }

  /**
   * An active check has passed often enough. A backend that was left out again soon after it came back is not believed a
   * second time unless its checks had failed too: they see less than its requests do.
   *
   * @param failed whether a check of this backend has failed since it was left out
   */
  vouched(backend: BackendRecord, failed: boolean): void {
    const state = this.#entries.get(backend)?.state ?? CLOSED;
    if (state.kind === 'closed' || (state.level > 1 && !failed)) return;
    this.#apply(backend, { kind: 'vouched', at: this.#environment.clock.now() }, 'active checks pass');
  }

  /** This backend has left. */
  forget(backend: BackendRecord): void {
    const entry = this.#entries.get(backend);
    entry?.timer?.cancel();
    if (entry !== undefined && entry.state.kind !== 'closed') this.#out--;
    this.#entries.delete(backend);
    this.#unreachable.remove(backend);
    this.#reset(backend);
  }

  /** Requests that are under way may still open a breaker; nobody waits for it any more. */
  close(): void {
    this.#ended = true;
    this.#unreachable.close();
    for (const entry of this.#entries.values()) entry.timer?.cancel();
  }

  #learn(backend: BackendRecord, failed: boolean, outcome: Outcome): void {
    if (!failed) this.#unreachable.remove(backend);
    let trips: string | boolean | undefined;
    try {
      trips = this.#rule.record(backend, failed, outcome);
    } catch (thrown) {
      this.#environment.onThrow(thrown);
    }
    if (trips === undefined || trips === false) return;
    const { clock, members } = this.#environment;
    // One may always go; of the others only as many as leave enough to carry the load.
    const room = Math.max(1, Math.floor(members() * this.#config.maxEjected));
    if (this.#out >= room) {
      if (neverArrived(outcome) && !this.#ended) this.#unreachable.add(backend);
      return;
    }
    const reason = typeof trips === 'string' ? trips : 'the trip rule says so';
    this.#apply(backend, { kind: 'tripped', at: clock.now() }, reason);
  }

  #apply(backend: BackendRecord, event: BreakerEvent, reason: string): void {
    const entry = this.#entries.get(backend);
    const from = entry?.state ?? CLOSED;
    const to = transition(from, event, this.#config);
    if (to === from) return;
    const current = entry ?? { state: from, ejections: 0, timer: undefined };
    this.#entries.set(backend, current);
    current.state = to;
    current.timer?.cancel();
    current.timer = this.#timer(backend, to);
    if (to.kind === 'open') current.ejections++;
    this.#out += Number(to.kind !== 'closed') - Number(from.kind !== 'closed');
    if (to.kind === 'closed') this.#reset(backend);
    this.#environment.onChange(backend, { from, to, reason });
  }

  #timer(backend: BackendRecord, state: BreakerState): Timer | undefined {
    const { clock } = this.#environment;
    if (this.#ended) return undefined;
    if (state.kind === 'open') {
      return clock.after(state.lasts, () => {
        // Timers may be a little early, by a clock that is finer than theirs; the time is over when the timer says so.
        this.#apply(backend, { kind: 'waited', at: Math.max(clock.now(), state.until) }, 'its time is over');
      });
    }
    const trial = state.kind === 'half-open' ? state.trial : undefined;
    if (trial === undefined) return undefined;
    return clock.after(PATIENCE, () => this.#apply(backend, { kind: 'overdue', request: trial }, 'the trial goes on'));
  }

  #reset(backend: BackendRecord): void {
    try {
      this.#rule.reset?.(backend);
    } catch (thrown) {
      this.#environment.onThrow(thrown);
    }
  }
}

function reasonOf(verdict: Verdict, outcome: Outcome): string {
  if (verdict === 'passed') return 'the request let through was answered';
  if (verdict === 'none') return 'the request let through ended without a verdict';
  const how = outcome.kind === 'failed' ? outcome.error.code : `status ${outcome.status}`;
  return `the request let through failed: ${how}`;
}
