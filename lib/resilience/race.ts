import type { Timer } from '../core/clock.js';
import type { Outcome } from '../core/outcome.js';

/** One attempt in a race. */
export class Runner {
  #abandon: (() => void) | undefined;

  /** It has set out: with this it can be ended, as nobody's failure. */
  readonly enters = (abandon: () => void): void => {
    this.#abandon = abandon;
  };

  abandon(): void {
    this.#abandon?.();
  }
}

/** Starts one more attempt as this runner; resolves with what came of it. Undefined where there is none to start. */
export type Starter = (runner: Runner) => Promise<Outcome> | undefined;

/**
 * Two attempts at one request: the second sets out when the first has not answered in time, and the first whose answer is
 * taken ends the other.
 */
export class Race {
  readonly #running = new Set<Runner>();
  #winner: Runner | undefined;

  /**
   * Runs it. Resolves with what came of the winner; where nobody wins, of the one that ended last.
   *
   * @param later calls back when it is time for the second
   */
  run(first: Starter, second: Starter, later: (fn: () => void) => Timer): Promise<Outcome> {
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      const start = (starter: Starter): void => {
        const runner = new Runner();
        this.#running.add(runner);
        const ended = starter(runner);
        if (ended === undefined) this.#running.delete(runner);
        void ended?.then((outcome) => {
          this.#running.delete(runner);
          if (this.#winner !== runner && this.#running.size > 0) return;
          timer?.cancel();
          resolve(outcome);
        });
      };
      start(first);
      timer = later(() => {
        if (this.#winner === undefined && this.#running.size > 0) start(second);
      });
    });
  }

  /** Whether another one may still answer. */
  isRunning(besides: Runner): boolean {
    return this.#running.size > (this.#running.has(besides) ? 1 : 0);
  }

  /** The answer of this one is the answer. The others end at once. */
  won(runner: Runner): void {
    this.#winner = runner;
    for (const other of this.#running) if (other !== runner) other.abandon();
  }
}
