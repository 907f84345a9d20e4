import { Tournament } from './tournament.js';

interface Loaded {
  readonly active: number;
  readonly weight: number;
}

/**
 * Who of many has the least load per weight, kept up from one request to the next: loads move by one at a time, so only
 * what moved is played again. It has to be told of every move; who it finds first is looked at once more all the same.
 */
export class LoadOrder<Member extends Loaded> {
  readonly members: readonly Member[];
  readonly #indexes: ReadonlyMap<Member, number>;
  readonly #loads: Float64Array;
  readonly #tournament: Tournament;
  /** One whose turn has moved on and who is about to be taken: both are played at once. -1 is nobody. */
  #moved = -1;

  /** @param points what decides between equal loads, lower first; the caller writes to it and says so with `moved` */
  constructor(members: readonly Member[], points: Float64Array) {
    this.members = members;
    this.#indexes = new Map(members.map((member, i) => [member, i]));
    this.#loads = Float64Array.from(members, ({ active, weight }) => active / weight);
    this.#tournament = new Tournament(this.#loads, points);
  }

  /** Index of the least loaded. */
  first(): number {
    this.#settle();
    for (;;) {
      const index = this.#tournament.first;
      const { active, weight } = this.members[index] as Member;
      const load = active / weight;
      if (load === this.#loads[index]) return index;
      // Its load was changed and nobody said so.
      this.#loads[index] = load;
      this.#tournament.changed(index);
    }
  }

  /** The point of this one was written to. */
  moved(index: number): void {
    this.#settle();
    this.#moved = index;
  }

  /** The load of this one, or of anyone else's, has changed. */
  changed(member: Member): void {
    const index = member === this.members[this.#moved] ? this.#moved : this.#indexes.get(member);
    if (index === undefined) return;
    if (index === this.#moved) this.#moved = -1;
    this.#loads[index] = member.active / member.weight;
    this.#tournament.changed(index);
  }

  #settle(): void {
    if (this.#moved >= 0) this.#tournament.changed(this.#moved);
    this.#moved = -1;
  }
}
