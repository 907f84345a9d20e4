import type { AdminState, BackendRecord } from '../core/backend.js';
import type { Health, LastCheck, Steering } from '../core/check.js';
import type { Clock } from '../core/clock.js';
import type { Lease } from '../core/lease.js';
import type { Outcome } from '../core/outcome.js';
import type { Pool } from '../core/pool.js';
import type { Random } from '../core/random.js';
import { Monitor, type Told } from '../health/monitor.js';
import type { HealthConfig } from '../health/spec.js';
import { steeringOf } from '../health/steering.js';
import { Wishes } from '../health/wishes.js';
import type { Reporter } from '../observe/reporter.js';
import type { BackendStats } from '../observe/stats.js';
import type { Config } from '../options.js';
import { Breaker, type BreakerChange } from '../resilience/breaker.js';
import type { BreakerConfig } from '../resilience/trip-rules/spec.js';

interface Surroundings {
  readonly pool: Pool;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * How the backends are: active checks, breakers, and what backends say of themselves, each in a field of its own (see
 * lib/core/eligibility.ts). Hears of leases, tells the pool, the listeners and the log.
 */
export class Vitals {
  readonly #surroundings: Surroundings;
  readonly #health: HealthConfig | undefined;
  readonly #monitor: Monitor | undefined;
  readonly #breaker: Breaker | undefined;
  readonly #wishes: Wishes | undefined;
  /** Backends a check of which has failed since their breaker opened. */
  readonly #seenFailing = new Set<BackendRecord>();

  constructor(config: Pick<Config, 'health' | 'breaker' | 'tls'>, surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#health = config.health === false ? undefined : config.health;
    this.#monitor = this.#health && this.#checking(this.#health, config.tls);
    this.#breaker = config.breaker === false ? undefined : this.#breaking(config.breaker);
    this.#wishes = this.#health?.steer === true ? this.#wishing(this.#health) : undefined;
  }

  /** From now on backends are checked. Apart from the constructor: of a balancer that was refused nothing may go on. */
  begin(): void {
    for (const backend of this.#surroundings.pool.members) this.watch(backend);
  }

  /** Resolves when every backend has been checked once. */
  ready(): Promise<void> {
    return this.#monitor?.ready() ?? Promise.resolve();
  }

  /** It is checked elsewhere from now on: nothing is known of it. */
  recheck(backend: BackendRecord): void {
    this.#monitor?.unwatch(backend);
    this.#surroundings.pool.setHealth(backend, 'unknown');
    this.watch(backend);
  }

  /** It has left. */
  forget(backend: BackendRecord): void {
    this.#monitor?.unwatch(backend);
    this.#breaker?.forget(backend);
    this.#wishes?.forget(backend);
    this.#seenFailing.delete(backend);
  }

  acquired(backend: BackendRecord, lease: Lease): void {
    this.#breaker?.acquired(backend, lease);
  }

  // Of one that has left nothing is to be learned: another may have its id by now.
  answered(backend: BackendRecord, lease: Lease, status: number): void {
    if (backend.presence !== 'gone') this.#breaker?.answered(backend, lease, status);
  }

  upgraded(backend: BackendRecord, lease: Lease): void {
    if (backend.presence !== 'gone') this.#breaker?.upgraded(backend, lease);
  }

  released(backend: BackendRecord, outcome: Outcome, lease: Lease): void {
    if (backend.presence !== 'gone') this.#breaker?.released(backend, outcome, lease);
  }

  /** The operator has changed its state: in maintenance nobody asks how it is, and afterwards nobody knows. */
  stateChanged(backend: BackendRecord, from: AdminState): void {
    const { id, state } = backend;
    this.#surroundings.reporter.noted({ backend: id, from, to: state }, `backend ${id} is ${state}, by its operator`);
    if (backend.state !== 'maintenance') {
      this.watch(backend);
      return;
    }
    this.#monitor?.unwatch(backend);
    this.#surroundings.pool.setHealth(backend, 'unknown');
  }

  /** What takes the header of an answer in which backends speak of themselves; undefined unless they may. */
  get hears(): ((backend: BackendRecord, header: string) => void) | undefined {
    if (this.#health?.steer !== true) return undefined;
    return (backend, header) => {
      if (backend.presence !== 'gone') this.#steer(backend, steeringOf(header));
    };
  }

  findings(backend: BackendRecord): Pick<BackendStats, 'ejections' | 'lastCheck' | 'report'> {
    const facts = this.#monitor?.facts(backend);
    return {
      ejections: this.#breaker?.ejections(backend) ?? 0,
      ...(facts !== undefined && { lastCheck: facts.lastCheck }),
      ...(facts?.report !== undefined && { report: facts.report }),
    };
  }

  close(): void {
    this.#monitor?.close();
    this.#breaker?.close();
    this.#wishes?.close();
  }

  /** It is checked from now on, if it is to be. */
  watch(backend: BackendRecord): void {
    if (backend.check !== false && backend.state !== 'maintenance') this.#monitor?.watch(backend);
  }

  #checking({ timing, checkOf }: HealthConfig, tls: Config['tls']): Monitor {
    const { clock, random } = this.#surroundings;
    return new Monitor({
      timing,
      clock,
      random,
      checkOf: (backend) => checkOf(backend, tls),
      onCheck: (backend, check, told) => this.#checked(backend, check, told, timing.rise),
      onHealth: (backend, health, reason) => this.#healthChanged(backend, health, reason),
    });
  }

  #wishing({ timing }: HealthConfig): Wishes {
    return new Wishes(this.#surroundings.clock, timing.interval, (backend, held) => {
      this.#steer(backend, { state: 'ready' }, `has not asked for ${backend.steered.state} for ${held} ms`);
    });
  }

  #breaking(config: BreakerConfig): Breaker {
    const { clock, pool, reporter } = this.#surroundings;
    return new Breaker(config, {
      clock,
      members: () => pool.members.length,
      onChange: (backend, change) => this.#breakerChanged(backend, change),
      onUnreachable: (backend, unreachable) => pool.setUnreachable(backend, unreachable),
      onThrow: (thrown) => reporter.threw("the breaker's trip rule threw", thrown),
    });
  }

  #checked(backend: BackendRecord, check: LastCheck, { steering, passes }: Told, rise: number): void {
    if (steering !== undefined && this.#health?.steer === true) this.#steer(backend, steering);
    if (!check.ok) this.#seenFailing.add(backend);
    else if (passes >= rise) this.#breaker?.vouched(backend, this.#seenFailing.has(backend));
    this.#surroundings.reporter.events.emit('check', { backend: backend.id, ...check });
  }

  #healthChanged(backend: BackendRecord, health: Health, reason: string): void {
    const { pool, reporter } = this.#surroundings;
    pool.setHealth(backend, health);
    const { id } = backend;
    if (health === 'up') {
      reporter.changed('info', 'backend:up', { backend: id, reason }, `backend ${id} is up: ${reason}`);
      return;
    }
    reporter.changed('warn', 'backend:down', { backend: id, reason }, `backend ${id} is down: ${reason}`);
    // What it asked for, it asked for in a life that is over.
    this.#steer(backend, { state: 'ready', share: 1 });
  }

  #breakerChanged(backend: BackendRecord, { from, to, reason }: BreakerChange): void {
    const { pool, reporter } = this.#surroundings;
    const { id } = backend;
    pool.setBreaker(backend, to.kind, to.kind === 'half-open' && to.trial !== undefined);
    if (to.kind === from.kind) return;
    if (to.kind === 'open') {
      this.#seenFailing.delete(backend);
      const { lasts: openFor } = to;
      const event = { backend: id, reason, openFor };
      reporter.changed('warn', 'breaker:open', event, `backend ${id} is left out for ${openFor} ms: ${reason}`);
    } else if (to.kind === 'half-open') {
      reporter.changed('info', 'breaker:half-open', { backend: id, reason }, `backend ${id} is tried: ${reason}`);
    } else {
      reporter.changed('info', 'breaker:close', { backend: id, reason }, `backend ${id} is back: ${reason}`);
    }
  }

  /** Its own wish, beside what the operator has set. */
  #steer(backend: BackendRecord, steering: Steering, why?: string): void {
    if (steering.state !== undefined) this.#wishes?.heard(backend, steering.state);
    const { pool, reporter } = this.#surroundings;
    const { state: from, share } = backend.steered;
    const to: AdminState = steering.state ?? from;
    if (to === from && (steering.share ?? share) === share) return;
    pool.steer(backend, steering);
    const { id } = backend;
    const asks = why ?? `asks for ${to} and ${100 * backend.steered.share} % of its weight`;
    const message = `backend ${id} ${asks}`;
    if (to === from) reporter.noted({ backend: id }, message);
    else reporter.changed('info', 'backend:state', { backend: id, from, to, by: 'backend' }, message);
  }
}
