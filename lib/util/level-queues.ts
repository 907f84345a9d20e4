const NOBODY = -1;

/**
 * Queues by level, as doubly linked lists in arrays, and the lowest that is not empty: the O(1) structure of LFU caches
 * (Shah, Mitra and Matani 2010), for levels that move by one at a time.
 */
export class LevelQueues {
  readonly #next: Int32Array;
  readonly #before: Int32Array;
  readonly #level: Int32Array;
  /** First and last of each level, NOBODY where it is empty. */
  #heads = new Int32Array(16).fill(NOBODY);
  #tails = new Int32Array(16).fill(NOBODY);
  #lowest = 0;
  #size = 0;

  /** The arrays are the caller's, an entry for each index there may be; several queues over other indexes may share them. */
  constructor(next: Int32Array, before: Int32Array, level: Int32Array) {
    this.#next = next;
    this.#before = before;
    this.#level = level;
  }

  /** First of the lowest level; -1 of none. */
  get first(): number {
    return this.#heads[this.#lowest] as number;
  }

  /** The lowest level with anyone in it. */
  get level(): number {
    return this.#lowest;
  }

  /** Puts one at the end of a level's queue. */
  add(index: number, level: number): void {
    if (level >= this.#heads.length) this.#grow(level);
    const tail = this.#tails[level] as number;
    this.#before[index] = tail;
    this.#next[index] = NOBODY;
    this.#level[index] = level;
    if (tail === NOBODY) this.#heads[level] = index;
    else this.#next[tail] = index;
    this.#tails[level] = index;
    if (this.#size === 0 || level < this.#lowest) this.#lowest = level;
    this.#size++;
    while (this.#heads[this.#lowest] === NOBODY) this.#lowest++;
  }

  /** Takes one out. An `add` has to follow where the queues are not to be left without a lowest level. */
  remove(index: number): void {
    const level = this.#level[index] as number;
    const next = this.#next[index] as number;
    const before = this.#before[index] as number;
    if (before === NOBODY) this.#heads[level] = next;
    else this.#next[before] = next;
    if (next === NOBODY) this.#tails[level] = before;
    else this.#before[next] = before;
    this.#size--;
  }

  #grow(level: number): void {
    const size = 2 ** Math.ceil(Math.log2(level + 1));
    const [heads, tails] = [new Int32Array(size).fill(NOBODY), new Int32Array(size).fill(NOBODY)];
    heads.set(this.#heads);
    tails.set(this.#tails);
    this.#heads = heads;
    this.#tails = tails;
  }
}
