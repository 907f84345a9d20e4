/** How many retries a balancer may make in all. */
export interface BudgetOptions {
  /** Retries that each request earns. */
  readonly ratio: number;
  /** Retries a second that are there whatever has been earned. */
  readonly minPerSecond: number;
  /** Milliseconds for which what was earned can be spent. */
  readonly window: number;
}

const SLOTS = 10;

/** Sums such as 0.1 * 30 fall short of a whole number by less than this. */
const ROUNDING = 1e-9;

/**
 * A budget for retries in Finagle's form (RetryBudget): each request earns a share of one, a reserve is always there, and
 * what is spent or earned is forgotten after the window. An outage, in which everything fails, is so multiplied by 1.2 and
 * not by the number of attempts. Counted in ten slots of time, with no timer: whoever comes first after a slot's end
 * clears what has passed.
 */
export class Budget {
  readonly #ratio: number;
  readonly #reserve: number;
  readonly #slotLength: number;
  readonly #earned = new Uint32Array(SLOTS);
  readonly #spent = new Uint32Array(SLOTS);
  #earnedInAll = 0;
  #spentInAll = 0;
  /** Number of the slot under way, counted from the clock's start. */
  #slot = 0;

  constructor({ ratio, minPerSecond, window }: BudgetOptions) {
    this.#ratio = ratio;
    this.#reserve = (minPerSecond * window) / 1000;
    this.#slotLength = window / SLOTS;
  }

  /** A request has come. @param now by a clock that never goes back; a little late is no harm */
  earn(now: number): void {
    const i = this.#at(now);
    this.#earned[i] = (this.#earned[i] as number) + 1;
    this.#earnedInAll++;
  }

  /** Takes one retry, if there is one left. @returns what `giveBack` wants to know; undefined when there is none */
  spend(now: number): number | undefined {
    const i = this.#at(now);
    if (this.#balance < 1 - ROUNDING) return undefined;
    this.#spent[i] = (this.#spent[i] as number) + 1;
    this.#spentInAll++;
    return this.#slot;
  }

  /** One retry has cost nothing after all. What was spent in a slot that has passed is forgotten anyway. */
  giveBack(slot: number, now: number): void {
    this.#at(now);
    if (slot <= this.#slot - SLOTS) return;
    this.#spent[slot % SLOTS] = (this.#spent[slot % SLOTS] as number) - 1;
    this.#spentInAll--;
  }

  get #balance(): number {
    return this.#reserve + this.#ratio * this.#earnedInAll - this.#spentInAll;
  }

  /** Index of the slot for this moment; those in between have passed. */
  #at(now: number): number {
    const slot = Math.floor(now / this.#slotLength);
    if (slot > this.#slot) this.#clear(slot);
    return this.#slot % SLOTS;
  }

  #clear(slot: number): void {
    for (let passed = Math.max(this.#slot + 1, slot - SLOTS + 1); passed <= slot; passed++) {
      const i = passed % SLOTS;
      this.#earnedInAll -= this.#earned[i] as number;
      this.#spentInAll -= this.#spent[i] as number;
      this.#earned[i] = 0;
      this.#spent[i] = 0;
    }
    this.#slot = slot;
  }
}
