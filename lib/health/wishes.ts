import type { AdminState, BackendRecord } from '../core/backend.js';
import type { Clock, Timer } from '../core/clock.js';

/** How long a wish holds that is not said again, in ms; with checks further apart than that, three of them. */
const HOLDS = 60_000;

interface Wish {
  lapses: number;
  timer: Timer;
}

/**
 * Backends that have asked to be left alone, and until when. Where only ordinary answers carry their word, a backend that
 * gets no more requests could never take it back: a wish has to be said again, in answers or checks, or it lapses.
 */
export class Wishes {
  readonly #clock: Clock;
  readonly #holds: number;
  readonly #onLapse: (backend: BackendRecord, held: number) => void;
  readonly #wishes = new Map<BackendRecord, Wish>();

  /** @param interval between two checks, in ms */
  constructor(clock: Clock, interval: number, onLapse: (backend: BackendRecord, held: number) => void) {
    this.#clock = clock;
    this.#holds = Math.max(HOLDS, 3 * interval);
    this.#onLapse = onLapse;
  }

  /** A backend has said what it wants, perhaps not for the first time. */
  heard(backend: BackendRecord, state: AdminState): void {
    if (state === 'ready') {
      this.forget(backend);
      return;
    }
    const lapses = this.#clock.now() + this.#holds;
    const wish = this.#wishes.get(backend);
    // It may be said with each answer: the timer looks when it fires, and is not set anew each time.
    if (wish !== undefined) wish.lapses = lapses;
    else this.#wishes.set(backend, { lapses, timer: this.#timer(backend, this.#holds) });
  }

  forget(backend: BackendRecord): void {
    this.#wishes.get(backend)?.timer.cancel();
    this.#wishes.delete(backend);
  }

  close(): void {
    for (const { timer } of this.#wishes.values()) timer.cancel();
    this.#wishes.clear();
  }

  #timer(backend: BackendRecord, ms: number): Timer {
    return this.#clock.after(ms, () => {
      const wish = this.#wishes.get(backend);
      if (wish === undefined) return;
      const left = wish.lapses - this.#clock.now();
      // A timer may be up to a millisecond early.
      if (left >= 1) {
        wish.timer = this.#timer(backend, left);
        return;
      }
      this.#wishes.delete(backend);
      this.#onLapse(backend, this.#holds);
    });
  }
}
