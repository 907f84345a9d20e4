import type { AdminState, Backend, BackendRecord } from './backend.js';

const NOBODY: readonly Backend[] = [];

/** The backends of one balancer and who of them may take a request. */
export class Pool {
  readonly members: readonly BackendRecord[];
  readonly #byId: ReadonlyMap<string, BackendRecord>;
  #available: readonly BackendRecord[] | undefined;

  constructor(members: readonly BackendRecord[]) {
    this.members = Object.freeze([...members]);
    this.#byId = new Map(members.map((backend) => [backend.id, backend]));
  }

  find(id: string): BackendRecord | undefined {
    return this.#byId.get(id);
  }

  /**
   * Backends open to any client, in order of declaration, but for those already tried. The same array object until that
   * changes: strategies cache what they derive against its identity.
   */
  available(tried: readonly Backend[] = NOBODY): readonly BackendRecord[] {
    // Not frozen: V8 reads frozen elements so slowly that picking took three times as long.
    this.#available ??= this.members.filter((backend) => backend.state === 'ready');
    return tried.length === 0 ? this.#available : this.#available.filter((backend) => !tried.includes(backend));
  }

  /** Whether a client pinned to this backend may be sent there: draining refuses only new clients. */
  acceptsPinned(backend: Backend, tried: readonly Backend[]): boolean {
    return (backend.state === 'ready' || backend.state === 'drain') && !tried.includes(backend);
  }

  /** The record of what a strategy chose; undefined for anything but one of its candidates. */
  chosen(backend: Backend, candidates: readonly BackendRecord[]): BackendRecord | undefined {
    // A strategy of a user's own may return anything.
    const record = typeof backend === 'object' && backend !== null ? this.#byId.get(backend.id) : undefined;
    if (record === undefined || record !== backend || record.state !== 'ready') return undefined;
    // The whole list is open; of a shorter one, for a retry, it has to be.
    return candidates === this.#available || candidates.includes(record) ? record : undefined;
  }

  setState(backend: BackendRecord, state: AdminState): void {
    backend.state = state;
    this.#available = undefined;
  }
}
