import type { Clock, Timer } from '../../core/clock.js';
import type { Flight } from '../../core/engine.js';

/** Up to here reading an answer that nobody gets costs less than a new connection. */
const SHORT = 65_536;

/** How long it may take to end, in ms, before its connection is cut all the same. */
const WITHIN = 1_000;

/**
 * An answer that nobody gets, since another attempt will have a better one. A short one is read to its end, so that the
 * connection can be used again: a backend that is overloaded should not have to make new ones, too. Any other is cut off.
 */
export class DroppedAnswer {
  readonly #flight: Flight;
  readonly #timer: Timer;
  #left = SHORT;

  constructor(flight: Flight, clock: Clock) {
    this.#flight = flight;
    this.#timer = clock.after(WITHIN, () => flight.abort());
  }

  /** Undefined where the request is incomplete: its flight has been aborted, since it can come to no end. */
  static of(
    flight: Flight | undefined,
    { incomplete }: { readonly incomplete: boolean },
    clock: Clock,
  ): DroppedAnswer | undefined {
    return flight === undefined || incomplete ? undefined : new DroppedAnswer(flight, clock);
  }

  data(chunk: Buffer): void {
    this.#left -= chunk.length;
    if (this.#left >= 0) return;
    this.#timer.cancel();
    this.#flight.abort();
  }

  /** It has come to its end by itself. */
  end(): void {
    this.#timer.cancel();
  }
}
