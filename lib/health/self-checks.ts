import type { Clock } from '../core/clock.js';
import { messageOf } from '../util/thrown.js';

/** Passes by resolving, and fails by throwing, rejecting or returning `false`. */
export type SelfCheck = (options: { readonly signal: AbortSignal }) => unknown;

/** How one check of a process's own went. */
export interface CheckReport {
  readonly ok: boolean;
  /** How long it took, or has been waited for. */
  readonly ms: number;
  readonly error?: string;
}

interface Run {
  readonly since: number;
  readonly result: Promise<CheckReport>;
}

async function attempt(check: SelfCheck, signal: AbortSignal): Promise<void> {
  if ((await check({ signal })) === false) throw new Error('the check returned false');
}

/** One of them, which is not begun again while it hangs: a database that is slow must not get slower by being asked. */
class Repeated {
  readonly #check: SelfCheck;
  readonly #timeout: number;
  readonly #clock: Clock;
  #underWay: Run | undefined;

  constructor(check: SelfCheck, timeout: number, clock: Clock) {
    this.#check = check;
    this.#timeout = timeout;
    this.#clock = clock;
  }

  /** How it is: by now, or when its time is over. Who asks while it runs gets the same answer. */
  report(): Promise<CheckReport> {
    const clock = this.#clock;
    this.#underWay ??= this.#begin();
    const { since, result } = this.#underWay;
    const left = since + this.#timeout - clock.now();
    const late = (): CheckReport => ({
      ok: false,
      ms: clock.now() - since,
      error: `no result within ${this.#timeout} ms`,
    });
    if (left <= 0) return Promise.resolve(late());
    return new Promise((resolve) => {
      const timer = clock.after(left, () => resolve(late()));
      void result.then((report) => {
        timer.cancel();
        resolve(report);
      });
    });
  }

  #begin(): Run {
    const clock = this.#clock;
    const since = clock.now();
    const abort = new AbortController();
    const timer = clock.after(this.#timeout, () => abort.abort(new Error(`no result within ${this.#timeout} ms`)));
    const result = attempt(this.#check, abort.signal)
      .then(
        (): CheckReport => ({ ok: true, ms: clock.now() - since }),
        (thrown: unknown): CheckReport => ({ ok: false, ms: clock.now() - since, error: messageOf(thrown) }),
      )
      .finally(() => {
        timer.cancel();
        this.#underWay = undefined;
      });
    return { since, result };
  }
}

/** Runs all of them side by side; one that hangs is reported and not waited for. */
export function runChecks(
  checks: Readonly<Record<string, SelfCheck>>,
  timeout: number,
  clock: Clock,
): () => Promise<Readonly<Record<string, CheckReport>>> {
  const all = Object.entries(checks).map(([name, check]) => [name, new Repeated(check, timeout, clock)] as const);
  return async () =>
    Object.fromEntries(
      await Promise.all(all.map(async ([name, repeated]) => [name, await repeated.report()] as const)),
    );
}
