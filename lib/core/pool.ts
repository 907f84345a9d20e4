import type { AdminState, Backend, BackendRecord } from './backend.js';
import { type Clock, systemClock } from './clock.js';
import { SlowStart } from './slow-start.js';

export interface PoolOptions {
  readonly clock?: Clock;
  /** Milliseconds over which a backend that comes back grows to its full weight. Default 0: at once. */
  readonly slowStart?: number;
  /** Where the balancer stands: backends of this zone are preferred. */
  readonly zone?: string | undefined;
}

/**
 * Why a backend is not among the candidates: `drain` takes no new clients, `tier` waits until nothing of a lower priority
 * is available, `zone` until nothing of the balancer's own zone is.
 */
export type LeftOut = 'drain' | 'tier' | 'zone';

const NOBODY: readonly Backend[] = [];

/** The backends of one balancer and who of them may take a request. */
export class Pool {
  readonly members: readonly BackendRecord[];
  /** Who would be the candidates if every member were available: where clients are at home. */
  readonly home: readonly BackendRecord[];
  readonly #byId: ReadonlyMap<string, BackendRecord>;
  readonly #zone: string | undefined;
  readonly #slowStart: SlowStart;
  #candidates: readonly BackendRecord[] | undefined;
  /** The same as a map, for a look-up that costs as much with 10,000 of them. */
  #candidateOf: ReadonlyMap<Backend, BackendRecord> = new Map();

  constructor(members: readonly BackendRecord[], { clock = systemClock, slowStart = 0, zone }: PoolOptions = {}) {
    this.members = Object.freeze([...members]);
    this.#byId = new Map(members.map((backend) => [backend.id, backend]));
    this.#zone = zone;
    this.#slowStart = new SlowStart(clock, slowStart);
    this.home = this.#foremost(members);
  }

  find(id: string): BackendRecord | undefined {
    return this.#byId.get(id);
  }

  /** Whether a backend can take a client that is not pinned to it. Whether it is its turn, {@link available} says. */
  isAvailable(backend: Backend): boolean {
    return closedBy(backend) === undefined;
  }

  /**
   * The candidates for a new client, in order of declaration: of the available backends but for those already tried the
   * lowest priority, and of these those in the balancer's own zone, if there are any. The same array object until
   * eligibility or a weight changes: strategies cache what they derive against its identity.
   */
  available(tried: readonly Backend[] = NOBODY): readonly BackendRecord[] {
    if (this.#slowStart.running && this.#slowStart.advance()) this.#candidates = undefined;
    const candidates = this.#candidates ?? this.#refreshed();
    if (tried.length === 0) return candidates;
    return this.#foremost(this.members.filter((backend) => this.isAvailable(backend) && !tried.includes(backend)));
  }

  /** Why this member is not among the candidates; undefined if it is. */
  leftOut(backend: Backend): LeftOut | undefined {
    const [first] = this.available();
    if (first === undefined || this.#candidateOf.has(backend)) return closedBy(backend);
    return closedBy(backend) ?? (backend.priority > first.priority ? 'tier' : 'zone');
  }

  /** Whether a client pinned to this backend may be sent there: draining, and being a backup, refuse only new clients. */
  acceptsPinned(backend: Backend, tried: readonly Backend[]): boolean {
    return (backend.state === 'ready' || backend.state === 'drain') && !tried.includes(backend);
  }

  /** The record of what a strategy chose; undefined for anything but one of its candidates. */
  chosen(backend: Backend | undefined, candidates: readonly BackendRecord[]): BackendRecord | undefined {
    // A strategy of a user's own may return anything, and may have changed a state meanwhile.
    if (backend === undefined) return undefined;
    if (candidates === this.#candidates) return this.#candidateOf.get(backend);
    return candidates.find((candidate) => candidate === backend && this.isAvailable(candidate));
  }

  setState(backend: BackendRecord, state: AdminState): void {
    if (state !== 'ready') this.#slowStart.stop(backend);
    else if (backend.state !== 'ready') this.#slowStart.begin(backend);
    backend.state = state;
    this.#candidates = undefined;
  }

  setWeight(backend: BackendRecord, weight: number): void {
    if (backend.configuredWeight === weight) return;
    backend.configuredWeight = weight;
    backend.weight = this.#slowStart.weightOf(backend);
    this.#candidates = undefined;
  }

  /** The weight that counts at this moment. Changes nothing. */
  effectiveWeight(backend: BackendRecord): number {
    return this.#slowStart.weightOf(backend);
  }

  #refreshed(): readonly BackendRecord[] {
    // Not frozen: V8 reads frozen elements so slowly that picking took three times as long.
    const candidates = this.#foremost(this.members.filter((backend) => this.isAvailable(backend)));
    this.#candidates = candidates;
    this.#candidateOf = new Map(candidates.map((backend) => [backend, backend]));
    return candidates;
  }

  /** Those whose turn it is: the lowest priority among them, and of these the balancer's own zone if it has any. */
  #foremost(backends: readonly BackendRecord[]): readonly BackendRecord[] {
    const lowest = backends.reduce((least, { priority }) => Math.min(least, priority), Number.POSITIVE_INFINITY);
    const tier = backends.filter(({ priority }) => priority === lowest);
    const near = this.#zone === undefined ? [] : tier.filter(({ zone }) => zone === this.#zone);
    return near.length > 0 ? near : tier;
  }
}

/** What keeps new clients from a backend; undefined for nothing. One that has no room is to count here as well. */
function closedBy({ state }: Backend): LeftOut | undefined {
  return state === 'ready' ? undefined : state;
}
