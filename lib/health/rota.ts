import type { Clock, Timer } from '../core/clock.js';

/** Something that waits for its turn. */
export interface Job {
  /** Whether it may take long: it failed the last time. */
  readonly suspect: boolean;
  /** Begins; `done` is called once, when its place is free again. */
  start(done: () => void): void;
}

/** Checks under way at once. Of these, so many at most of backends that failed the last time. */
const PLACES = 64;
const PLACES_FOR_SUSPECTS = 48;

/** Begun at once, before the event loop has its turn: a hundred connections at a go would hold requests up. */
const BURST = 8;

/** Until the next few, in ms: what the ones before bring back wants its turn too. */
const BREATH = 2;

/**
 * Who is checked when: in the order of their coming, a limited number side by side. Backends that hang may not take every
 * place, or those that are well would wait for them.
 */
export class Rota {
  readonly #clock: Clock;
  readonly #well: Job[] = [];
  readonly #suspects: Job[] = [];
  #running = 0;
  #runningSuspects = 0;
  #begun = 0;
  #breath: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(job: Job): void {
    (job.suspect ? this.#suspects : this.#well).push(job);
    this.#go();
  }

  close(): void {
    this.#breath?.cancel();
    this.#well.length = 0;
    this.#suspects.length = 0;
  }

  #go(): void {
    while (this.#running < PLACES && this.#begun < BURST) {
      const job = this.#well.shift() ?? this.#nextSuspect();
      if (job === undefined) return;
      this.#start(job);
    }
  }

  #nextSuspect(): Job | undefined {
    return this.#runningSuspects < PLACES_FOR_SUSPECTS ? this.#suspects.shift() : undefined;
  }

  #start(job: Job): void {
    this.#running++;
    if (job.suspect) this.#runningSuspects++;
    this.#begun++;
    this.#breath ??= this.#clock.after(BREATH, () => {
      this.#breath = undefined;
      this.#begun = 0;
      this.#go();
    });
    const { suspect } = job;
    job.start(() => {
      this.#running--;
      if (suspect) this.#runningSuspects--;
      this.#go();
    });
  }
}
