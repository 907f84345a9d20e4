/** Of so many picks one may go to whoever was passed over for long. */
const ONE_OF = 20;

/**
 * Bounded exploration: whoever was not picked for a while gets one request, and at most every twentieth pick is spent so.
 * A backend that has recovered is found out that way, and one that has not costs little.
 */
export class Exploration<Member extends WeakKey> {
  readonly #patience: number;
  /** When each was last picked, or first seen. */
  readonly #picked = new WeakMap<Member, Float64Array>();
  #since = 0;

  /** @param patience milliseconds without a pick after which one is due */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** Index of the one to be explored by the next pick; -1 for none. Changes nothing but who has been seen. */
  due(members: readonly Member[], now: number): number {
    if (this.#since < ONE_OF - 1) return -1;
    let longest = -1;
    let earliest = now - this.#patience;
    for (let i = 0; i < members.length; i++) {
      const at = this.#picked.get(members[i] as Member)?.[0] ?? now;
      if (at > earliest) continue;
      earliest = at;
      longest = i;
    }
    return longest;
  }

  /** Whoever is new is as good as picked just now. */
  adopt(members: readonly Member[], now: number): void {
    for (const member of members) if (!this.#picked.has(member)) this.#picked.set(member, Float64Array.of(now));
  }

  /** This one was picked. */
  picked(member: Member, now: number, explored: boolean): void {
    const at = this.#picked.get(member);
    if (at !== undefined) at[0] = now;
    this.#since = explored ? 0 : this.#since + 1;
  }
}
