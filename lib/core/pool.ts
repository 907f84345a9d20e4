import type { AdminState, BackendRecord, BreakerPhase, Declared } from './backend.js';
import { Candidates } from './candidates.js';
import type { Health, Steering } from './check.js';
import { type LeftOut, unfit, unwilling, withoutRoom } from './eligibility.js';

/** The backends of one balancer, and all that changes who of them may take a request. */
export class Pool extends Candidates {
  /** Who was added at run time: its first check is no start of the process. */
  readonly #newcomers = new WeakSet<BackendRecord>();
  #onChange: (() => void) | undefined;

  /** Makes these the members. Who is new starts slowly; who is not among them gets nobody any more, pinned or not. */
  adopt(members: readonly BackendRecord[]): void {
    const { joined, left, onlyLeft } = this.move(members);
    for (const backend of joined) {
      this.#newcomers.add(backend);
      if (this.#hindrance(backend) === undefined) this.slowStart.begin(backend);
    }
    // Of one that was unwilling no candidate list knows anything: strategies keep what they derive.
    if (!onlyLeft || left.some((backend) => unwilling(backend) === undefined)) this.stale();
    for (const backend of left) {
      backend.presence = 'gone';
      backend.state = 'drain';
      this.slowStart.stop(backend);
    }
    this.#onChange?.();
  }

  /** Declares anew what may change in place. */
  redeclare(backend: BackendRecord, declared: Declared): void {
    Object.assign(backend, declared);
    this.settleHome();
    this.stale();
    this.recount(backend);
    this.#onChange?.();
  }

  /** The deadline of its drain is over: clients pinned to it are looked after elsewhere, until its state changes. */
  endPins(backend: BackendRecord): void {
    if (backend.presence === 'member') backend.presence = 'drained';
    this.#onChange?.();
  }

  /** Who wants to hear when the eligibility of a backend has changed, but for its room. */
  set onChange(listener: () => void) {
    this.#onChange = listener;
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
    this.stale();
  }

  /** What the backend says of itself; what it leaves open stays as it was. */
  steer(backend: BackendRecord, steering: Steering): void {
    this.#change(backend, () => {
      backend.steered = { ...backend.steered, ...steering };
    });
    backend.weight = this.slowStart.weightOf(backend);
  }

  setWeight(backend: BackendRecord, weight: number): void {
    if (backend.configuredWeight === weight) return;
    backend.configuredWeight = weight;
    backend.weight = this.slowStart.weightOf(backend);
    this.stale();
  }

  /** To be called when a request has set out for it or ended there, or one of its limits has changed. */
  recount(backend: BackendRecord): void {
    const full = withoutRoom(backend, this.maxConnections) !== undefined;
    if (full === backend.full) return;
    backend.full = full;
    this.roomChanged(backend);
  }

  /** Changes one of those who have a say; a backend that can take clients again because of it starts slowly. */
  #change(backend: BackendRecord, apply: () => void, atOnce = false): void {
    const was = this.#hindrance(backend);
    apply();
    const is = this.#hindrance(backend);
    if (is !== undefined) this.slowStart.stop(backend);
    else if (was !== undefined && !atOnce) this.slowStart.begin(backend);
    this.stale();
    this.#onChange?.();
  }

  #hindrance(backend: BackendRecord): LeftOut | undefined {
    return unwilling(backend) ?? unfit(backend, this.assume);
  }
}
