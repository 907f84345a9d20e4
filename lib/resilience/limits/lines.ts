import type { Backend, BackendRecord } from '../../core/backend.js';
import { type Link, LinkedList } from '../../util/linked-list.js';

/** Who one waits for. */
export interface Wanted {
  /** Nobody else, as long as that one is only full. */
  readonly pinned: BackendRecord | undefined;
  /** Anyone but these. */
  readonly tried: readonly Backend[];
}

interface Numbered {
  readonly number: number;
}

/** Those who wait for the same: where the first cannot go, nobody of them can. */
class Line<T> {
  readonly pinned: BackendRecord | undefined;
  readonly members = new LinkedList<T>();

  constructor(pinned: BackendRecord | undefined) {
    this.pinned = pinned;
  }
}

/**
 * A queue in as many lines as there are different wishes: so whoever waits for a backend of its own holds nobody up, and
 * the next who can go is found without asking everyone.
 */
export class Lines<T extends Numbered> {
  readonly #lines = new Map<BackendRecord | string, Line<T>>();
  /** Those of them that may go anywhere: without a pin, or with one to a backend that is lost. */
  readonly #roaming = new Set<Line<T>>();
  /** Told apart by themselves: another may come with the id of one that has left. */
  readonly #numbers = new WeakMap<Backend, number>();
  #numbered = 0;

  add(one: T, { pinned, tried }: Wanted): () => void {
    const key = pinned ?? this.#keyOf(tried);
    let line = this.#lines.get(key);
    if (line === undefined) {
      line = new Line<T>(pinned);
      this.#lines.set(key, line);
      if (pinned === undefined) this.#roaming.add(line);
    }
    const into = line;
    const link = into.members.push(one);
    return () => this.#remove(key, into, link);
  }

  /** Everyone, line by line. */
  *all(): Iterable<T> {
    for (const { members } of this.#lines.values()) {
      while (members.first !== undefined) yield members.first;
    }
  }

  /**
   * Lets those go who can, first come, first served.
   *
   * @param to who has room now; undefined where anything may have changed
   * @param goes whether this one goes; it has then left its line
   * @param waitsFor whether somebody pinned to this backend still waits for it
   */
  advance(
    to: BackendRecord | undefined,
    goes: (one: T) => boolean,
    waitsFor: (pinned: BackendRecord) => boolean,
  ): void {
    if (to === undefined) this.#sort(waitsFor);
    const own = to === undefined ? undefined : this.#lines.get(to);
    const moving = new Set(to === undefined ? this.#lines.values() : this.#roaming);
    if (own !== undefined) moving.add(own);
    for (;;) {
      const line = earliest(moving);
      const first = line?.members.first;
      if (line === undefined || first === undefined) return;
      if (!goes(first)) moving.delete(line);
    }
  }

  #sort(waitsFor: (pinned: BackendRecord) => boolean): void {
    for (const line of this.#lines.values()) {
      if (line.pinned === undefined) continue;
      if (waitsFor(line.pinned)) this.#roaming.delete(line);
      else this.#roaming.add(line);
    }
  }

  #remove(key: BackendRecord | string, line: Line<T>, link: Link<T>): void {
    line.members.remove(link);
    if (line.members.first !== undefined) return;
    this.#lines.delete(key);
    this.#roaming.delete(line);
  }

  #keyOf(tried: readonly Backend[]): string {
    return tried
      .map((backend) => this.#numberOf(backend))
      .sort((a, b) => a - b)
      .join(' ');
  }

  #numberOf(backend: Backend): number {
    const known = this.#numbers.get(backend);
    if (known !== undefined) return known;
    this.#numbers.set(backend, this.#numbered);
    return this.#numbered++;
  }
}

/** The line whose first came first. */
function earliest<T extends Numbered>(lines: ReadonlySet<Line<T>>): Line<T> | undefined {
  let found: Line<T> | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    const number = line.members.first?.number ?? Number.POSITIVE_INFINITY;
    if (number >= least) continue;
    found = line;
    least = number;
  }
  return found;
}
