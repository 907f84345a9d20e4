import type { CheckResult, LastCheck } from '../core/check.js';
import type { Clock, Timer } from '../core/clock.js';
import type { Random } from '../core/random.js';
import { messageOf } from '../util/thrown.js';
import type { Job, Rota } from './rota.js';
import { afterCheck, pauseAfter, type Standing, type Timing, UNKNOWN } from './standing.js';

/** Asks one backend; what it throws is a failed check. */
export type Check = (signal: AbortSignal) => Promise<CheckResult>;

/** What is known of a backend from its checks. */
export interface CheckFacts {
  readonly lastCheck: LastCheck;
  /** Of the last check that brought one. */
  readonly report: CheckResult['report'];
}

/** A check that has just ended. */
export interface EndedCheck {
  readonly result: CheckResult;
  readonly check: LastCheck;
  readonly before: Standing;
  readonly after: Standing;
  /** Checks that have passed in a row. */
  readonly passes: number;
}

export interface WatchedOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly timing: Timing;
  readonly rota: Rota;
  readonly check: Check;
}

/** One backend that is checked, from the first check to the last. */
export class Watched implements Job {
  readonly #options: WatchedOptions;
  readonly #onEnd: (ended: EndedCheck) => void;
  #standing: Standing = UNKNOWN;
  #facts: CheckFacts | undefined;
  #passes = 0;
  #timer: Timer | undefined;
  #abort: AbortController | undefined;
  /** A check that was given up and goes on all the same: code of the user's own that does not heed its signal. */
  #lingers = false;
  #stopped = false;

  constructor(options: WatchedOptions, onEnd: (ended: EndedCheck) => void) {
    this.#options = options;
    this.#onEnd = onEnd;
  }

  get facts(): CheckFacts | undefined {
    return this.#facts;
  }

  get suspect(): boolean {
    return this.#facts?.lastCheck.ok === false;
  }

  begin(): void {
    this.#options.rota.add(this);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#abort?.abort(new Error('no longer checked'));
  }

  start(done: () => void): void {
    if (this.#stopped) {
      done();
      return;
    }
    const { clock } = this.#options;
    const since = clock.now();
    void this.#checked().then((result) => {
      done();
      if (!this.#stopped) this.#end(result, since);
    });
  }

  /** Never rejects, and never takes longer than the timeout. */
  #checked(): Promise<CheckResult> {
    if (this.#lingers) return Promise.resolve({ ok: false, error: 'the check before has not ended yet' });
    const { clock, check } = this.#options;
    const limit = this.#timeout;
    const abort = new AbortController();
    this.#abort = abort;
    this.#lingers = true;
    return new Promise((resolve) => {
      const timer = clock.after(limit, () => abort.abort(new Error(`no answer within ${limit} ms`)));
      const end = (result: CheckResult): void => {
        timer.cancel();
        // It holds all that the check was made of, and the next one may be far off.
        this.#abort = undefined;
        resolve(result);
      };
      abort.signal.addEventListener('abort', () => end(failed(abort.signal.reason)), { once: true });
      const settle = (result: CheckResult): void => {
        this.#lingers = false;
        if (!abort.signal.aborted) end(result);
      };
      settled(check, abort.signal).then(settle, (thrown: unknown) => settle(failed(thrown)));
    });
  }

  get #timeout(): number {
    const { timing } = this.#options;
    return this.#standing.health === 'unknown' ? timing.startup.timeout : timing.timeout;
  }

  #end(result: CheckResult, since: number): void {
    const { clock, timing } = this.#options;
    const ms = clock.now() - since;
    const { ok } = result;
    const error = ok ? undefined : (result.error ?? 'the check failed');
    const check: LastCheck = { at: clock.date(), ok, ms, ...(error !== undefined && { error }) };
    const first = this.#facts === undefined;
    const before = this.#standing;
    this.#standing = afterCheck(before, ok, timing);
    this.#passes = ok ? this.#passes + 1 : 0;
    this.#facts = { lastCheck: check, report: result.report ?? this.#facts?.report };
    this.#timer = clock.after(this.#pause(first, ms), () => this.begin());
    this.#onEnd({ result, check, before, after: this.#standing, passes: this.#passes });
  }

  /** From the end of one check to the next. An interval is from beginning to beginning. */
  #pause(first: boolean, took: number): number {
    const { timing, random } = this.#options;
    const whole = pauseAfter(this.#standing, timing);
    // All begin at once; after that they lie apart (HAProxy's spread-checks goes by jitter alone, and takes its time).
    const share = first && this.#standing.health === 'up' ? random() : 1 + timing.jitter * (2 * random() - 1);
    const now = this.#options.clock.now();
    const due = now + Math.max(whole * share - took, MIN_PAUSE);
    const grid = whole / GRID;
    return Math.ceil(due / grid) * grid - now;
  }
}

/**
 * Checks begin at so many moments an interval, common to all backends: with each the loop is woken several times, and the
 * caches are cold. A thousand backends that were checked singly took twice the processor's time.
 */
const GRID = 20;

/** A check that takes as long as its interval is not begun anew in the same breath. */
const MIN_PAUSE = 1;

function failed(thrown: unknown): CheckResult {
  return { ok: false, error: messageOf(thrown) };
}

/** A check of a user's own may throw before there is a promise. */
async function settled(check: Check, signal: AbortSignal): Promise<CheckResult> {
  return check(signal);
}
