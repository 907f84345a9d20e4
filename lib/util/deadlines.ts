import { Tournament } from './tournament.js';

interface Weighted {
  readonly weight: number;
}

/** Takers of one weight. They have the same period, so their turns come in the same order for ever: a queue. */
interface Queue {
  readonly weight: number;
  readonly members: Int32Array;
  /** Turn k of each is due at start + k / weight: counted, not added up, so that no rounding creeps in. */
  readonly start: Float64Array;
  /** Place in the queue of the next one, and full rounds so far. */
  head: number;
  round: number;
}

interface Schedule<Taker> {
  readonly takers: readonly Taker[];
  readonly queues: readonly Queue[];
  /** When the head of each queue is due, in virtual time, and its index. */
  readonly due: Float64Array;
  readonly heads: Float64Array;
  readonly tournament: Tournament;
}

const dueOf = ({ start, head, round, weight }: Queue, place = head): number =>
  (start[place] as number) + (place < head ? round + 1 : round) / weight;

/**
 * Turns by weight, earliest deadline first, as Envoy's round robin keeps them (EdfScheduler), with one queue for each
 * weight there is: a turn costs the logarithm of the number of different weights. A turn is due in the middle of its
 * share of the time, which spreads heavy and light evenly (Webster's method of apportionment).
 */
export class Deadlines<Taker extends Weighted> {
  #schedule: Schedule<Taker> | undefined;
  /** The present in virtual time: the latest deadline met. In an array of one, for V8 keeps that in place. */
  readonly #now = new Float64Array(1);

  /** Index of the next, whose turn is then over. */
  take(takers: readonly Taker[]): number {
    if (this.#schedule?.takers !== takers) this.#schedule = this.#made(takers);
    const { queues, due, heads, tournament } = this.#schedule;
    const first = tournament.first;
    const queue = queues[first] as Queue;
    const { members } = queue;
    const next = members[queue.head] as number;
    this.#now[0] = due[first] as number;
    queue.head++;
    if (queue.head === members.length) {
      queue.head = 0;
      queue.round++;
    }
    due[first] = (queue.start[queue.head] as number) + queue.round / queue.weight;
    heads[first] = members[queue.head] as number;
    tournament.changed(first);
    return next;
  }

  /** Index of the next, who stays so. */
  peek(takers: readonly Taker[]): number {
    const { queues, tournament } = this.#schedule?.takers === takers ? this.#schedule : this.#made(takers);
    const queue = queues[tournament.first] as Queue;
    return queue.members[queue.head] as number;
  }

  #made(takers: readonly Taker[]): Schedule<Taker> {
    const starts = this.#starts(takers);
    const byWeight = new Map<number, number[]>();
    for (const [i, { weight }] of takers.entries()) {
      const members = byWeight.get(weight);
      if (members === undefined) byWeight.set(weight, [i]);
      else members.push(i);
    }
    const queues = [...byWeight].map(([weight, list]): Queue => {
      const members = Int32Array.from(list).sort((a, b) => (starts[a] as number) - (starts[b] as number) || a - b);
      const start = Float64Array.from(members, (member) => starts[member] as number);
      return { weight, members, start, head: 0, round: 0 };
    });
    const due = Float64Array.from(queues, (queue) => dueOf(queue));
    const heads = Float64Array.from(queues, ({ members }) => members[0] as number);
    return { takers, queues, due, heads, tournament: new Tournament(due, heads) };
  }

  /** Whoever stays keeps what it has waited: a pool that flaps must not always start again at the first. */
  #starts(takers: readonly Taker[]): Float64Array {
    const now = this.#now[0] as number;
    const known = this.#schedule;
    const missing = new Map<Taker, number>();
    for (const queue of known?.queues ?? []) {
      for (const [place, member] of queue.members.entries()) {
        missing.set(known?.takers[member] as Taker, (dueOf(queue, place) - now) * queue.weight);
      }
    }
    return Float64Array.from(takers, (taker) => now + (missing.get(taker) ?? 0.5) / taker.weight);
  }
}
