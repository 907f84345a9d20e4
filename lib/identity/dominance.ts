const WINDOW = 60_000;
/** Requests for each backend before anything is concluded from who made them. */
const ENOUGH = 10;

/**
 * Notices when more than half of the requests of a minute come from one address: where clients are told apart by their
 * address this is most often a proxy that nobody declared trusted, and all of its clients go to one backend
 * (indutny/sticky-session #6).
 *
 * Source: Boyer and Moore, "MJRTY" (1991): whoever has more than half is the last candidate, in constant memory.
 */
export class DominanceWatch {
  readonly #warn: (address: string, share: number) => void;
  #until = Number.NEGATIVE_INFINITY;
  #candidate = '';
  #votes = 0;
  /** Requests of the candidate since it became one: never more than it made. */
  #seen = 0;
  #total = 0;
  #done = false;

  /** @param warn called once; with the share of the requests that came from there, at least */
  constructor(warn: (address: string, share: number) => void) {
    this.#warn = warn;
  }

  /**
   * @param now in milliseconds, of a clock that does not go back
   * @param backends how many share the traffic
   */
  saw(address: string, now: number, backends: number): void {
    if (this.#done) return;
    if (now >= this.#until) this.#turn(now, backends);
    this.#total++;
    if (address === this.#candidate) {
      this.#votes++;
      this.#seen++;
    } else if (this.#votes === 0) {
      this.#candidate = address;
      this.#votes = 1;
      this.#seen = 1;
    } else {
      this.#votes--;
    }
  }

  #turn(now: number, backends: number): void {
    const share = this.#seen / this.#total;
    // With one backend there is nothing to share, and a client alone is the whole traffic.
    if (backends > 1 && this.#total > ENOUGH * backends && share > 0.5) {
      this.#done = true;
      this.#warn(this.#candidate, share);
    }
    this.#until = now + WINDOW;
    // The candidate stands for the next minute too, where all that it makes is counted.
    this.#votes = 0;
    this.#seen = 0;
    this.#total = 0;
  }
}
