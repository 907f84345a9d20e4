import { LevelQueues } from './level-queues.js';
import { Tournament } from './tournament.js';

interface Loaded {
  readonly active: number;
  readonly weight: number;
}

/**
 * Who of many has the least load per weight, kept up from one request to the next. Members of one weight stand in queues
 * by their load, which moves by one at a time; the first of each weight play against each other. So a change costs the
 * logarithm of the number of different weights. It has to be told of every change; who comes out first is looked at once
 * more all the same.
 */
export class LoadOrder<Member extends Loaded> {
  readonly members: readonly Member[];
  readonly #indexes: ReadonlyMap<Member, number>;
  readonly #points: Float64Array;
  readonly #groups: readonly LevelQueues[];
  /** Which group each member is in. */
  readonly #group: Int32Array;
  readonly #weights: Float64Array;
  /** Load per weight of each group's first, and its point. */
  readonly #loads: Float64Array;
  readonly #ties: Float64Array;
  readonly #tournament: Tournament;
  /** One whose turn is over and who is about to be taken: it moves once, not twice. -1 is nobody. */
  #moved = -1;

  /** @param points whose turn it is among equals, lower first; the caller's, who says with `moved` where it has grown */
  constructor(members: readonly Member[], points: Float64Array) {
    this.members = members;
    this.#points = points;
    this.#indexes = new Map(members.map((member, i) => [member, i]));
    const groups = new Map<number, LevelQueues>();
    const groupOf: number[] = [];
    const order = members.map((_member, i) => i).sort((a, b) => (points[a] as number) - (points[b] as number));
    const numbers = new Map<number, number>();
    const next = new Int32Array(members.length);
    const before = new Int32Array(members.length);
    const level = new Int32Array(members.length);
    for (const i of order) {
      const { weight, active } = members[i] as Member;
      const group = groups.get(weight) ?? new LevelQueues(next, before, level);
      groups.set(weight, group);
      if (!numbers.has(weight)) numbers.set(weight, numbers.size);
      groupOf[i] = numbers.get(weight) as number;
      group.add(i, active);
    }
    this.#groups = [...groups.values()];
    this.#group = Int32Array.from(groupOf);
    this.#weights = Float64Array.from(groups.keys());
    this.#loads = new Float64Array(groups.size);
    this.#ties = new Float64Array(groups.size);
    for (const group of this.#groups.keys()) this.#rank(group);
    this.#tournament = new Tournament(this.#loads, this.#ties);
  }

  /** Whether it was made of these. Of the same list after another one the points are others, and these no longer move. */
  isOf(members: readonly Member[], points: Float64Array): boolean {
    return members === this.members && points === this.#points;
  }

  /** Index of the least loaded. */
  first(): number {
    if (this.#moved >= 0) this.#move(this.#moved);
    for (;;) {
      const queues = this.#groups[this.#tournament.first] as LevelQueues;
      const index = queues.first;
      if ((this.members[index] as Member).active === queues.level) return index;
      // Its load was changed and nobody said so.
      this.#move(index);
    }
  }

  /** The turn of this one is over. */
  moved(index: number): void {
    if (this.#moved >= 0) this.#move(this.#moved);
    this.#moved = index;
  }

  /** The load of this one has changed. */
  changed(member: Member): void {
    const index = member === this.members[this.#moved] ? this.#moved : this.#indexes.get(member);
    if (index !== undefined) this.#move(index);
  }

  /** To the end of the queue it belongs in by now. */
  #move(index: number): void {
    if (index === this.#moved) this.#moved = -1;
    const group = this.#group[index] as number;
    const queues = this.#groups[group] as LevelQueues;
    const firstBefore = queues.first;
    queues.remove(index);
    queues.add(index, (this.members[index] as Member).active);
    if (queues.first === firstBefore && firstBefore !== index) return;
    this.#rank(group);
    this.#tournament.changed(group);
  }

  #rank(group: number): void {
    const queues = this.#groups[group] as LevelQueues;
    this.#loads[group] = queues.level / (this.#weights[group] as number);
    this.#ties[group] = this.#points[queues.first] as number;
  }
}
