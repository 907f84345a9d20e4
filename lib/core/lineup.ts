import type { Backend, BackendRecord } from './backend.js';
import { firstToAsk } from './eligibility.js';

const NOBODY: readonly BackendRecord[] = [];

/** Whose turn it is, until the eligibility or a weight of somebody changes; who of them has room changes with each request. */
export class Lineup {
  /** Everyone whose turn it is, with room or without. */
  readonly all: readonly BackendRecord[];
  /** Who may take requests, of whatever tier. */
  readonly #open: readonly BackendRecord[];
  readonly #zone: string | undefined;
  /** `all` as a map, for a look-up that costs as much with 10,000 of them. */
  readonly #known: ReadonlyMap<Backend, BackendRecord>;
  /** How many of `all` have no room. */
  #full: number;
  /** The foremost of those with room, while that is not `all`. */
  #withRoom: readonly BackendRecord[] | undefined;

  constructor(open: readonly BackendRecord[], zone: string | undefined) {
    // Not frozen: V8 reads frozen elements so slowly that picking took three times as long.
    this.all = firstToAsk(open, zone);
    this.#open = open;
    this.#zone = zone;
    this.#known = new Map(this.all.map((backend) => [backend, backend]));
    this.#full = this.all.filter(({ full }) => full).length;
  }

  /** Those with room; where none of `all` has any, the foremost of the rest. The same array until one fills or empties. */
  get withRoom(): readonly BackendRecord[] {
    if (this.#full === 0) return this.all;
    const roomy = (): readonly BackendRecord[] => this.#open.filter(({ full }) => !full);
    this.#withRoom ??= firstToAsk(roomy(), this.#zone);
    return this.#withRoom;
  }

  /** `all`, or nobody when none of them has room. */
  get unlessFull(): readonly BackendRecord[] {
    return this.#full === this.all.length ? NOBODY : this.all;
  }

  find(backend: Backend): BackendRecord | undefined {
    return this.#known.get(backend);
  }

  /** This one has filled up, or has room again. */
  changed(backend: BackendRecord): void {
    this.#withRoom = undefined;
    if (this.#known.has(backend)) this.#full += backend.full ? 1 : -1;
  }
}
