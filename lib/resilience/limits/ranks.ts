import { type Link, LinkedList } from '../../util/linked-list.js';

interface Rank<T> {
  readonly priority: number;
  readonly members: LinkedList<T>;
}

/** Takes its own out of the ranks. */
export type Leave = () => void;

/** Who counts least of all, kept up while they come and go. */
export class Ranks<T> {
  /** One for each priority there is, in ascending order. */
  readonly #ranks: Rank<T>[] = [];

  add(priority: number, one: T): Leave {
    const i = this.#place(priority);
    let rank = this.#ranks[i];
    if (rank?.priority !== priority) {
      rank = { priority, members: new LinkedList() };
      this.#ranks.splice(i, 0, rank);
    }
    const { members } = rank;
    const link = members.push(one);
    return () => this.#remove(priority, members, link);
  }

  /** Of those with the lowest priority the one that came last, if that priority is below this. */
  lowestBelow(priority: number): T | undefined {
    const lowest = this.#ranks[0];
    return lowest !== undefined && lowest.priority < priority ? lowest.members.last : undefined;
  }

  #remove(priority: number, members: LinkedList<T>, link: Link<T>): void {
    members.remove(link);
    if (members.first === undefined) this.#ranks.splice(this.#place(priority), 1);
  }

  /** Index of the first rank that is not below this. */
  #place(priority: number): number {
    let low = 0;
    let high = this.#ranks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranks[middle] as Rank<T>).priority < priority) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
