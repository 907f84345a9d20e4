import type { BackendRecord } from './backend.js';
import { foremost } from './eligibility.js';

/** Who came and who went. */
export interface Moves {
  readonly joined: readonly BackendRecord[];
  readonly left: readonly BackendRecord[];
  /** Whether those who stayed are all there is, in the order they had. */
  readonly onlyLeft: boolean;
}

function sameList(a: readonly BackendRecord[], b: readonly BackendRecord[]): boolean {
  return a.length === b.length && a.every((backend, i) => backend === b[i]);
}

/** The list of backends, and what follows from the list alone. */
export class Members {
  protected readonly zone: string | undefined;
  #list: readonly BackendRecord[] = Object.freeze([]);
  #home: readonly BackendRecord[] = [];
  #byId: ReadonlyMap<string, BackendRecord> = new Map();
  #departed: readonly BackendRecord[] = [];

  constructor(list: readonly BackendRecord[], zone: string | undefined) {
    this.zone = zone;
    this.move(list);
  }

  /** In order of declaration. Another array when, and only when, somebody came, left or changed places. */
  get members(): readonly BackendRecord[] {
    return this.#list;
  }

  /**
   * Who would be the candidates if every member were available: where clients are at home. The same array while they are
   * the same, since keys are hashed over it.
   */
  get home(): readonly BackendRecord[] {
    return this.#home;
  }

  /** Who has left and still has requests under way. */
  get departed(): readonly BackendRecord[] {
    if (this.#departed.length > 0) this.#departed = this.#departed.filter(({ active }) => active > 0);
    return this.#departed;
  }

  find(id: string): BackendRecord | undefined {
    return this.#byId.get(id);
  }

  /** Makes these the list. */
  protected move(list: readonly BackendRecord[]): Moves {
    const before = this.#list;
    const known = new Set(before);
    const staying = new Set(list);
    const joined = list.filter((backend) => !known.has(backend));
    const left = before.filter((backend) => !staying.has(backend));
    const onlyLeft = sameList(
      before.filter((backend) => staying.has(backend)),
      list,
    );
    if (!onlyLeft || left.length > 0) {
      this.#list = Object.freeze([...list]);
      this.#byId = new Map(list.map((backend) => [backend.id, backend]));
      this.#departed = [...this.departed, ...left];
      this.settleHome();
    }
    return { joined, left, onlyLeft };
  }

  /** A zone or a priority has changed. */
  protected settleHome(): void {
    const home = foremost(this.#list, this.zone);
    if (!sameList(home, this.#home)) this.#home = home;
  }
}
