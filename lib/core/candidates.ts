import type { Backend, BackendRecord } from './backend.js';
import { type Clock, systemClock } from './clock.js';
import { firstToAsk, type LeftOut, refusesPinned, unfit, unwilling, withoutRoom } from './eligibility.js';
import { Lineup, openTo, outranked } from './lineup.js';
import { Members } from './members.js';
import { SlowStart } from './slow-start.js';

export interface PoolOptions {
  readonly clock?: Clock;
  /** Milliseconds over which a backend that comes back grows to its full weight. Default 0: at once. */
  readonly slowStart?: number;
  /** Where the balancer stands: backends of this zone are preferred. */
  readonly zone?: string | undefined;
  /** What is made of a backend before its first check. Default `'up'`. */
  readonly assume?: 'up' | 'down';
  /** Share of a tier that is available, 0 to 1, below which its health and breakers are ignored. Default 0: never. */
  readonly panicThreshold?: number;
  /** Most requests at once of a backend without a limit of its own. Default: no limit. */
  readonly maxConnections?: number | undefined;
}

const NOBODY: readonly BackendRecord[] = [];

/** Who of the members may take a request, as things stand. */
export class Candidates extends Members {
  protected readonly slowStart: SlowStart;
  protected readonly assume: 'up' | 'down';
  protected readonly maxConnections: number;
  readonly #panicThreshold: number;
  #panics: number | undefined;
  /** Undefined when it has to be found out anew. */
  #lineup: Lineup | undefined;

  constructor(members: readonly BackendRecord[], options: PoolOptions = {}) {
    const { clock = systemClock, slowStart = 0, zone, assume = 'up', panicThreshold = 0 } = options;
    super(members, zone);
    this.maxConnections = options.maxConnections ?? Number.POSITIVE_INFINITY;
    this.assume = assume;
    this.#panicThreshold = panicThreshold;
    this.slowStart = new SlowStart(clock, slowStart);
  }

  /** Whether a backend can take a client that is not pinned to it. Whether it is its turn, {@link available} says. */
  isAvailable(backend: BackendRecord): boolean {
    return this.#closedBy(backend) === undefined;
  }

  /**
   * The tier, if any, of which so few are available that health and breakers are ignored: then it is more likely the
   * checks that are wrong.
   */
  get panickingTier(): number | undefined {
    if (this.#lineup === undefined) this.#refreshed();
    return this.#panics;
  }

  /**
   * The candidates for a new client, in order of declaration: of the available backends but for those already tried the
   * lowest priority, and of these those in the balancer's own zone, if there are any. The same array object until
   * eligibility or a weight changes: strategies cache what they derive against its identity.
   */
  available(tried: readonly Backend[] = NOBODY): readonly BackendRecord[] {
    const lineup = this.#currentLineup();
    if (tried.length === 0) return lineup.withRoom;
    const rest = this.members.filter((backend) => this.isAvailable(backend) && !tried.includes(backend));
    return firstToAsk(rest, this.zone);
  }

  /**
   * Who would be the candidates if all had room: the same array whoever takes a place or gives it back. Empty when none
   * of them has.
   */
  lineup(): readonly BackendRecord[] {
    return this.#currentLineup().unlessFull;
  }

  /** Why this member is not among the candidates; undefined if it is. */
  leftOut(backend: BackendRecord): LeftOut | undefined {
    const closed = this.#closedBy(backend);
    const [first] = this.available();
    if (closed !== undefined || first === undefined) return closed;
    return outranked(backend, first, this.zone);
  }

  /** Whether it is for want of room alone that this backend does not take a client pinned to it. */
  isBusy(backend: BackendRecord): boolean {
    return backend.full && this.#keeps(backend);
  }

  /** Whether somebody who was not tried is left out for want of room alone. */
  busy(tried: readonly Backend[]): boolean {
    return this.members.some(
      (backend) => backend.full && unwilling(backend) === undefined && this.#isFit(backend) && !tried.includes(backend),
    );
  }

  /** Whether a client pinned to this backend may be sent there: draining, and being a backup, refuse only new clients. */
  acceptsPinned(backend: BackendRecord, tried: readonly Backend[]): boolean {
    return !backend.full && !tried.includes(backend) && this.#keeps(backend);
  }

  /** The record of what a strategy chose; undefined for anything but one of its candidates. Of a lineup, it may be full. */
  chosen(backend: Backend | undefined, candidates: readonly BackendRecord[]): BackendRecord | undefined {
    // A strategy of a user's own may return anything, and may have changed a state meanwhile.
    if (backend === undefined) return undefined;
    if (candidates === this.#lineup?.all) return this.#lineup.find(backend);
    return candidates.find((candidate) => candidate === backend && this.isAvailable(candidate));
  }

  /** The weight that counts at this moment. Changes nothing. */
  effectiveWeight(backend: BackendRecord): number {
    return this.slowStart.weightOf(backend);
  }

  /** Eligibility or a weight has changed. */
  protected stale(): void {
    this.#lineup = undefined;
  }

  /** This one has filled up, or has room again. */
  protected roomChanged(backend: BackendRecord): void {
    this.#lineup?.changed(backend);
  }

  #currentLineup(): Lineup {
    if (this.slowStart.running && this.slowStart.advance()) this.#lineup = undefined;
    return this.#lineup ?? this.#refreshed();
  }

  #isFit(backend: BackendRecord): boolean {
    return unfit(backend, this.assume) === undefined || this.panickingTier === backend.priority;
  }

  /** Whether clients pinned to it stay. */
  #keeps(backend: BackendRecord): boolean {
    return !refusesPinned(backend) && this.#isFit(backend);
  }

  #closedBy(backend: BackendRecord): LeftOut | undefined {
    const closed = unwilling(backend);
    if (closed !== undefined) return closed;
    const why = unfit(backend, this.assume);
    if (why !== undefined && this.panickingTier !== backend.priority) return why;
    return backend.full ? withoutRoom(backend, this.maxConnections) : undefined;
  }

  #refreshed(): Lineup {
    const { open, panics } = openTo(this.members, this.assume, this.#panicThreshold);
    this.#panics = panics;
    this.#lineup = new Lineup(open, this.zone);
    return this.#lineup;
  }
}
