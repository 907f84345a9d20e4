import type { AdminState, Backend, BackendRecord, BreakerPhase, Declared } from './backend.js';
import type { Health, Steering } from './check.js';
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

/** The backends of one balancer and who of them may take a request. */
export class Pool extends Members {
  /** Who was added at run time: its first check is no start of the process. */
  readonly #newcomers = new WeakSet<BackendRecord>();
  readonly #slowStart: SlowStart;
  readonly #assume: 'up' | 'down';
  readonly #panicThreshold: number;
  readonly #maxConnections: number;
  #panics: number | undefined;
  /** Undefined when it has to be found out anew. */
  #lineup: Lineup | undefined;
  #onChange: (() => void) | undefined;

  constructor(members: readonly BackendRecord[], options: PoolOptions = {}) {
    const { clock = systemClock, slowStart = 0, zone, assume = 'up', panicThreshold = 0 } = options;
    super(members, zone);
    this.#maxConnections = options.maxConnections ?? Number.POSITIVE_INFINITY;
    this.#assume = assume;
    this.#panicThreshold = panicThreshold;
    this.#slowStart = new SlowStart(clock, slowStart);
  }

  /** Makes these the members. Who is new starts slowly; who is not among them gets nobody any more, pinned or not. */
  adopt(members: readonly BackendRecord[]): void {
    const { joined, left, onlyLeft } = this.move(members);
    for (const backend of joined) {
      this.#newcomers.add(backend);
      if ((unwilling(backend) ?? unfit(backend, this.#assume)) === undefined) this.#slowStart.begin(backend);
    }
    // Of one that was unwilling no candidate list knows anything: strategies keep what they derive.
    if (!onlyLeft || left.some((backend) => unwilling(backend) === undefined)) this.#lineup = undefined;
    for (const backend of left) {
      backend.presence = 'gone';
      backend.state = 'drain';
      this.#slowStart.stop(backend);
    }
    this.#onChange?.();
  }

  /** Declares anew what may change in place. */
  redeclare(backend: BackendRecord, declared: Declared): void {
    Object.assign(backend, declared);
    this.settleHome();
    this.#lineup = undefined;
    this.recount(backend);
    this.#onChange?.();
  }

  /** The deadline of its drain is over: clients pinned to it are looked after elsewhere, until its state changes. */
  endPins(backend: BackendRecord): void {
    if (backend.presence === 'member') backend.presence = 'drained';
    this.#onChange?.();
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

  /** Who wants to hear when the eligibility of a backend has changed, but for its room. */
  set onChange(listener: () => void) {
    this.#onChange = listener;
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

  /** The operator's word. */
  setState(backend: BackendRecord, state: AdminState): void {
    if (backend.presence === 'drained') backend.presence = 'member';
    this.#change(backend, () => {
      backend.state = state;
    });
  }

  /** What active checks have found. */
  setHealth(backend: BackendRecord, health: Health): void {
    // A backend that passes its first check has just been met: nothing says that it was ever gone.
    const met = backend.health === 'unknown' && !this.#newcomers.delete(backend);
    const apply = (): void => {
      backend.health = health;
    };
    this.#change(backend, apply, met);
  }

  /** @param onTrial half-open, and its one request is on its way */
  setBreaker(backend: BackendRecord, breaker: BreakerPhase, onTrial: boolean): void {
    this.#change(backend, () => {
      backend.breaker = breaker;
      backend.onTrial = onTrial;
    });
  }

  /** Whether it is asked after all others, since it takes no connections. No reason to start slowly when it does again. */
  setUnreachable(backend: BackendRecord, unreachable: boolean): void {
    backend.unreachable = unreachable;
    this.#lineup = undefined;
  }

  /** What the backend says of itself; what it leaves open stays as it was. */
  steer(backend: BackendRecord, steering: Steering): void {
    this.#change(backend, () => {
      backend.steered = { ...backend.steered, ...steering };
    });
    backend.weight = this.#slowStart.weightOf(backend);
  }

  setWeight(backend: BackendRecord, weight: number): void {
    if (backend.configuredWeight === weight) return;
    backend.configuredWeight = weight;
    backend.weight = this.#slowStart.weightOf(backend);
    this.#lineup = undefined;
  }

  /** To be called when a request has set out for it or ended there, or one of its limits has changed. */
  recount(backend: BackendRecord): void {
    const full = withoutRoom(backend, this.#maxConnections) !== undefined;
    if (full === backend.full) return;
    backend.full = full;
    this.#lineup?.changed(backend);
  }

  /** The weight that counts at this moment. Changes nothing. */
  effectiveWeight(backend: BackendRecord): number {
    return this.#slowStart.weightOf(backend);
  }

  /** Changes one of those who have a say; a backend that can take clients again because of it starts slowly. */
  #change(backend: BackendRecord, apply: () => void, atOnce = false): void {
    const was = unwilling(backend) ?? unfit(backend, this.#assume);
    apply();
    const is = unwilling(backend) ?? unfit(backend, this.#assume);
    if (is !== undefined) this.#slowStart.stop(backend);
    else if (was !== undefined && !atOnce) this.#slowStart.begin(backend);
    this.#lineup = undefined;
    this.#onChange?.();
  }

  #currentLineup(): Lineup {
    if (this.#slowStart.running && this.#slowStart.advance()) this.#lineup = undefined;
    return this.#lineup ?? this.#refreshed();
  }

  #isFit(backend: BackendRecord): boolean {
    return unfit(backend, this.#assume) === undefined || this.panickingTier === backend.priority;
  }

  /** Whether clients pinned to it stay. */
  #keeps(backend: BackendRecord): boolean {
    return !refusesPinned(backend) && this.#isFit(backend);
  }

  #closedBy(backend: BackendRecord): LeftOut | undefined {
    const closed = unwilling(backend);
    if (closed !== undefined) return closed;
    const why = unfit(backend, this.#assume);
    if (why !== undefined && this.panickingTier !== backend.priority) return why;
    return backend.full ? withoutRoom(backend, this.#maxConnections) : undefined;
  }

  #refreshed(): Lineup {
    const { open, panics } = openTo(this.members, this.#assume, this.#panicThreshold);
    this.#panics = panics;
    this.#lineup = new Lineup(open, this.zone);
    return this.#lineup;
  }
}
