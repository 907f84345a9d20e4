import type { BackendRecord } from '../core/backend.js';
import type { Health, LastCheck, Steering } from '../core/check.js';
import type { Clock } from '../core/clock.js';
import type { Random } from '../core/random.js';
import { Rota } from './rota.js';
import { changeReason, type Timing } from './standing.js';
import { type Check, type CheckFacts, type EndedCheck, Watched } from './watched.js';

export interface MonitorOptions {
  readonly timing: Timing;
  readonly clock: Clock;
  readonly random: Random;
  /** How this backend is checked; asked once for each backend that is watched. */
  readonly checkOf: (backend: BackendRecord) => Check;
  readonly onCheck: (backend: BackendRecord, check: LastCheck, told: Told) => void;
  readonly onHealth: (backend: BackendRecord, health: Health, reason: string) => void;
}

/** What is told of a check beside how it went. */
export interface Told {
  readonly steering: Steering | undefined;
  /** Checks that have passed in a row, up to `rise`. */
  readonly passes: number;
}

/**
 * Checks backends one after the other and side by side, each at its own pace: no check of a backend begins while one of
 * the same is under way, and together they are never more than the rota allows.
 */
export class Monitor {
  readonly #options: MonitorOptions;
  readonly #rota: Rota;
  readonly #watched = new Map<BackendRecord, Watched>();
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#rota = new Rota(options.clock);
  }

  /** From now on this backend is checked; nothing is known of it until the first check has ended. */
  watch(backend: BackendRecord): void {
    if (this.#closed || this.#watched.has(backend)) return;
    const { clock, random, timing, checkOf } = this.#options;
    const watched = new Watched({ clock, random, timing, rota: this.#rota, check: checkOf(backend) }, (ended) =>
      this.#ended(backend, ended),
    );
    this.#watched.set(backend, watched);
    watched.begin();
  }

  /** It is not checked any more; a check under way is given up. */
  unwatch(backend: BackendRecord): void {
    this.#watched.get(backend)?.stop();
    this.#watched.delete(backend);
    this.#tellReady();
  }

  facts(backend: BackendRecord): CheckFacts | undefined {
    return this.#watched.get(backend)?.facts;
  }

  /** Resolves when each backend that is watched has been checked once, or nobody is going to. */
  ready(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
      this.#tellReady();
    });
  }

  close(): void {
    this.#closed = true;
    this.#rota.close();
    for (const watched of this.#watched.values()) watched.stop();
    this.#tellReady();
  }

  #ended(backend: BackendRecord, { result, check, before, after, passes }: EndedCheck): void {
    const { onCheck, onHealth, timing } = this.#options;
    onCheck(backend, check, { steering: result.steering, passes });
    // Who heard of the check may have put the backend into maintenance: of that one nothing is known any more.
    if (before.health !== after.health && this.#watched.has(backend)) {
      onHealth(backend, after.health, changeReason(before.health, after, timing, check.error ?? ''));
    }
    this.#tellReady();
  }

  #tellReady(): void {
    if (this.#waiting.size === 0) return;
    if (!this.#closed && [...this.#watched.values()].some(({ facts }) => facts === undefined)) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
