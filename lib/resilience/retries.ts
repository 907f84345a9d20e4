import type { IncomingMessage } from 'node:http';
import type { BackendRecord } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import type { Emitter, RetryRecord } from '../core/events.js';
import type { Arrival, Exchange } from '../core/exchange.js';
import type { Outcome } from '../core/outcome.js';
import type { Pool } from '../core/pool.js';
import type { Random } from '../core/random.js';
import { isIdempotent } from '../util/methods.js';
import { Budget } from './budget.js';
import { Hedging, type ParsedHedge } from './hedge.js';
import type { RetryPolicy } from './retry.js';
import { type Repeatable, Trail, type TrailGround } from './trail.js';

export interface RetriesOptions {
  readonly policy: RetryPolicy;
  readonly hedge: ParsedHedge | undefined;
  /** Whether a request waits for which nobody has room. */
  readonly waits: boolean;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly random: Random;
  /** Who tells of retries, and of a function of the user's that threw. */
  readonly reporter: { readonly events: Pick<Emitter, 'emit'>; threw(what: string, thrown: unknown): void };
}

/** Second attempts of one balancer: what they may be made for, how many there may be, and how many there were. */
export class Retries implements TrailGround {
  readonly policy: RetryPolicy;
  readonly waits: boolean;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly random: Random;
  readonly #options: RetriesOptions;
  readonly #budget: Budget;
  readonly #hedging: Hedging | undefined;
  /** By backend, so that nothing is left of one that is gone. */
  readonly #after = new WeakMap<BackendRecord, number>();
  #budgetExhausted = 0;
  #hedges = 0;

  constructor(options: RetriesOptions) {
    const { policy, waits, pool, clock, random } = options;
    this.policy = policy;
    this.waits = waits;
    this.pool = pool;
    this.clock = clock;
    this.random = random;
    this.#options = options;
    this.#budget = new Budget(policy.budget);
    this.#hedging = options.hedge && new Hedging(options.hedge);
  }

  /** A request sets out. */
  begin({ request, since }: Pick<Exchange, 'request' | 'since'>, errand: Repeatable): Trail {
    this.#budget.earn(since);
    return new Trail(this, request, errand);
  }

  repeats(request: IncomingMessage): boolean {
    try {
      return this.policy.repeats(request);
    } catch (thrown) {
      this.#options.reporter.threw('retry.methods threw', thrown);
      return false;
    }
  }

  /** Whether anything sends this request twice: only then is it worth keeping its body. */
  mayRepeat(request: IncomingMessage): boolean {
    // Idempotent ones are sent again on a fresh connection also where there are no retries.
    return isIdempotent(request.method) || (this.policy.attempts > 1 && this.repeats(request));
  }

  afford(now: number): number | undefined {
    const spent = this.#budget.spend(now);
    if (spent === undefined) this.#budgetExhausted++;
    return spent;
  }

  giveBack(spent: number, now: number): void {
    this.#budget.giveBack(spent, now);
  }

  tell(backend: BackendRecord, retry: Omit<RetryRecord, 'backend'>): RetryRecord {
    this.#after.set(backend, this.after(backend) + 1);
    const told = { ...retry, backend: backend.id };
    this.#options.reporter.events.emit('retry', told);
    return told;
  }

  /** How many attempts were to follow one of this backend. */
  after(backend: BackendRecord): number {
    return this.#after.get(backend) ?? 0;
  }

  /** Milliseconds after which this request is sent to a second backend, if it has no answer yet; undefined for never. */
  hedgeDelay({ request, upgrade }: Arrival): number | undefined {
    const hedging = this.#hedging;
    return hedging !== undefined && upgrade === undefined && hedging.isFor(request.method)
      ? hedging.delay()
      : undefined;
  }

  /** Whether a second attempt may be made now, beside the first. Counts it. */
  hedges({ request }: Arrival, trail: Trail): boolean {
    const { last, made } = trail;
    if (last === undefined || this.afford(this.clock.now()) === undefined) return false;
    this.#hedges++;
    trail.retry = this.tell(last, { method: request.method ?? '', attempt: made, delay: 0, reason: 'hedge' });
    return true;
  }

  /** An attempt has ended. */
  ended(outcome: Outcome): void {
    if (outcome.kind === 'answered') this.#hedging?.answered(outcome.responseTime);
  }

  counts(): { budgetExhausted: number; hedges: number } {
    return { budgetExhausted: this.#budgetExhausted, hedges: this.#hedges };
  }
}
