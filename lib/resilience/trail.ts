import type { IncomingMessage } from 'node:http';
import type { BackendRecord } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import type { ErrorCode } from '../core/errors.js';
import type { RetryReason, RetryRecord } from '../core/events.js';
import type { Outcome } from '../core/outcome.js';
import type { Pool } from '../core/pool.js';
import type { Random } from '../core/random.js';
import type { HeaderList } from '../util/header-list.js';
import { backoff } from './backoff.js';
import { failureClass } from './failure-class.js';
import { neverArrived, type RetryPolicy } from './retry.js';
import { retryAfter } from './retry-after.js';

/** What the trails of all requests of one balancer share. */
export interface TrailGround {
  readonly policy: RetryPolicy;
  /** Whether another attempt may wait for somebody who has no room. */
  readonly waits: boolean;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly random: Random;
  /** Whether the policy lets this request be carried out twice. */
  repeats(request: IncomingMessage): boolean;
  /** Takes one retry out of the budget. @returns what was spent, to be given back; undefined where nothing is left */
  afford(now: number): number | undefined;
  /** That retry has cost nothing after all. */
  giveBack(spent: number, now: number): void;
  /** Another attempt will follow that of this backend. @returns what is told of it */
  tell(backend: BackendRecord, retry: Omit<RetryRecord, 'backend'>): RetryRecord;
}

/** What can be sent again, and until when. */
export interface Repeatable {
  /** Nothing of the request has been lost. */
  readonly repeatable: boolean;
  /** When all must be over, by the clock; Infinity for never. */
  readonly deadline: number;
}

/**
 * The longest a backend's Retry-After is waited for, in ms. One that asks for more is not asked again: its answer goes to
 * the client, who then knows for how long to stay away.
 */
const MOST_REST = 5_000;

const NOBODY: readonly BackendRecord[] = [];

interface Why {
  readonly reason: RetryReason;
  readonly code?: ErrorCode;
  readonly status?: number;
}

/** What one request has tried, and whether and whom it may try next. */
export class Trail {
  readonly #ground: TrailGround;
  readonly #request: IncomingMessage;
  readonly #errand: Repeatable;
  /** Who is not to be asked next: everyone who was, until nobody else is left. */
  tried: readonly BackendRecord[] = NOBODY;
  /** Attempts so far. */
  made = 0;
  /** Who was asked last, or, of two at once, whose answer it is. */
  last: BackendRecord | undefined;
  /** Milliseconds to wait before the next attempt. */
  delay = 0;
  /** Why somebody is asked again; undefined for the first attempt. */
  retry: RetryRecord | undefined;
  #goesOn = false;
  /** How many times somebody was asked again. */
  #repetitions = 0;
  /** What the attempt that is under way has taken out of the budget, if it follows one that nobody has seen. */
  #lent: number | undefined;
  /** Who asked to be left alone, until when. */
  #resting: Map<BackendRecord, number> | undefined;

  constructor(ground: TrailGround, request: IncomingMessage, errand: Repeatable) {
    this.#ground = ground;
    this.#request = request;
    this.#errand = errand;
  }

  asks(backend: BackendRecord): void {
    this.made++;
    this.last = backend;
    this.tried = this.made === 1 ? [backend] : [...this.tried, backend];
    this.#goesOn = false;
  }

  /** Whether the client gets this answer of this backend. When not, another attempt follows. */
  takes(backend: BackendRecord, status: number, headers: HeaderList): boolean {
    const { policy, clock } = this.#ground;
    this.last = backend;
    if (!policy.on.has(status) || !this.mayRepeat) return true;
    return !this.#plan({ reason: 'status', status }, retryAfter(headers, clock.date()));
  }

  /** Whether another attempt follows. */
  goesOn(outcome: Outcome): boolean {
    if (this.#lent !== undefined) this.#settle(this.#lent, outcome);
    if (this.#goesOn) return true;
    if (outcome.kind !== 'failed' || outcome.committed) return false;
    const { code } = outcome.error;
    const reason = failureClass(code);
    if (reason === undefined || !this.#ground.policy.on.has(reason)) return false;
    // Nothing was sent with `connect`, so any method may be.
    const may = reason === 'connect' ? this.#errand.repeatable : this.mayRepeat;
    return may && this.#plan({ reason, code }, 0);
  }

  /** Whether it can and may be carried out twice. */
  get mayRepeat(): boolean {
    return this.#errand.repeatable && this.#ground.repeats(this.#request);
  }

  /** Whether an answer with this status is given to the client only where no other is to be had. */
  shuns(status: number): boolean {
    return this.#ground.policy.on.has(status);
  }

  #plan(why: Why, rest: number): boolean {
    const { policy, clock } = this.#ground;
    const { last } = this;
    if (this.made >= policy.attempts || last === undefined) return false;
    const now = clock.now();
    if (rest > 0) this.#rest(last, now + rest);
    const next = this.#isLeft(this.tried) ? this.#within() : this.#nextRound(last, now);
    if (next === undefined || now + next.delay >= this.#errand.deadline) return false;
    const spent = this.#ground.afford(now);
    if (spent === undefined) return false;
    if (why.reason === 'connect') this.#lent = spent;
    if (next.again) this.#repetitions++;
    this.tried = next.tried;
    this.delay = next.delay;
    this.#goesOn = true;
    const { method = '' } = this.#request;
    this.retry = this.#ground.tell(last, { method, attempt: this.made, delay: next.delay, ...why });
    return true;
  }

  /**
   * The budget is there so that an outage is not multiplied. Where a backend was not reached, it bore nothing, and if the
   * next one was, the request has been carried to one backend and no more: that costs nothing.
   */
  #settle(lent: number, outcome: Outcome): void {
    this.#lent = undefined;
    if (!neverArrived(outcome)) this.#ground.giveBack(lent, this.#ground.clock.now());
  }

  /** Whether there is anybody but these, or may be in a while. */
  #isLeft(tried: readonly BackendRecord[]): boolean {
    const { pool, waits } = this.#ground;
    return pool.available(tried).length > 0 || (waits && pool.busy(tried));
  }

  #rest(backend: BackendRecord, until: number): void {
    this.#resting ??= new Map();
    this.#resting.set(backend, until);
  }

  /** Somebody is left who was not asked in this round; in a later one, only after a pause. */
  #within(): Next {
    const again = this.#repetitions > 0;
    return { tried: this.tried, again, delay: again ? this.#pause() : 0 };
  }

  /** Everyone has been asked: the same ones again, the last one last, and nobody who asked to be left alone. */
  #nextRound(last: BackendRecord, now: number): Next | undefined {
    const candidates = this.#ground.pool.available();
    const restOf = (backend: BackendRecord): number => Math.max(0, (this.#resting?.get(backend) ?? 0) - now);
    const awake = candidates.filter((backend) => restOf(backend) === 0);
    if (awake.length > 0) {
      const others = awake.filter((backend) => backend !== last);
      const chosen = others.length > 0 ? others : awake;
      return { tried: candidates.filter((one) => !chosen.includes(one)), again: true, delay: this.#pause() };
    }
    if (candidates.length === 0 && this.#isLeft(NOBODY)) return { tried: NOBODY, again: true, delay: this.#pause() };
    const [first] = [...candidates].sort((a, b) => restOf(a) - restOf(b));
    if (first === undefined || restOf(first) > MOST_REST) return undefined;
    const delay = Math.max(this.#pause(), restOf(first));
    return { tried: candidates.filter((one) => one !== first), again: true, delay };
  }

  #pause(): number {
    const { policy, random } = this.#ground;
    return backoff(policy.backoff, this.#repetitions, random);
  }
}

interface Next {
  readonly tried: readonly BackendRecord[];
  /** Whether somebody will be asked who was asked before. */
  readonly again: boolean;
  readonly delay: number;
}
