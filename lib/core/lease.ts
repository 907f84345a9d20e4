import type { BackendRecord } from './backend.js';
import type { Clock } from './clock.js';
import type { Outcome } from './outcome.js';

/** Hears of every released lease: load metrics, health and statistics learn of requests here and nowhere else. */
export type ReleaseListener = (backend: BackendRecord, outcome: Outcome, lease: Lease) => void;

/** Hears of every lease that is taken, once it counts; or of every one that becomes a tunnel. */
export type LeaseListener = (backend: BackendRecord, lease: Lease) => void;

/** Hears of every answer whose head the client gets: its end may be hours away. */
export type AnswerListener = (backend: BackendRecord, lease: Lease, status: number) => void;

/** Bytes of bodies, and of what tunnels carry: `bytesIn` from clients to backends, `bytesOut` the other way. */
export interface Traffic {
  bytesIn: number;
  bytesOut: number;
}

/**
 * What an exchange has become: a request that waits for its answer, a stream once the head of that has gone to the client,
 * or a tunnel.
 */
export type Stage = 'requests' | 'streams' | 'upgrades';

/**
 * One request's hold on a backend, from `acquire` to `release`. Releasing is idempotent and the only way down, so
 * `active` can neither leak nor go below zero.
 */
export class Lease {
  readonly backend: BackendRecord;
  /** When the lease was taken, by the balancer's clock. */
  readonly since: number;
  /** What has passed so far; counted as it passes, since a stream or a tunnel may last for days. */
  bytesIn = 0;
  bytesOut = 0;
  readonly #traffic: Traffic;
  readonly #onRelease: ReleaseListener;
  readonly #onUpgrade: LeaseListener | undefined;
  readonly #onAnswer: AnswerListener | undefined;
  #held = true;
  #stage: Stage = 'requests';
  #cut: Stage | undefined;

  constructor(
    backend: BackendRecord,
    since: number,
    traffic: Traffic,
    onRelease: ReleaseListener,
    onUpgrade?: LeaseListener,
    onAnswer?: AnswerListener,
  ) {
    this.backend = backend;
    this.since = since;
    this.#traffic = traffic;
    this.#onRelease = onRelease;
    this.#onUpgrade = onUpgrade;
    this.#onAnswer = onAnswer;
    backend.active++;
    backend.total++;
  }

  /** The head of the backend's answer is on its way to the client. */
  answered(status: number): void {
    // A client that leaves while it is handed the head has released it already.
    if (!this.#held) return;
    this.#stage = 'streams';
    this.#onAnswer?.(this.backend, this, status);
  }

  /** The exchange became a tunnel (a WebSocket): it now counts among the backend's upgraded sockets too. */
  upgraded(): void {
    if (!this.#held || this.isUpgraded) return;
    this.#stage = 'upgrades';
    this.backend.upgrades++;
    this.#onUpgrade?.(this.backend, this);
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** Whether the exchange ever became a tunnel. */
  get isUpgraded(): boolean {
    return this.#stage === 'upgrades';
  }

  /** It is ended from our side, because the balancer or the backend is to be rid of it. */
  cutShort(): void {
    if (this.#held) this.#cut = this.#stage;
  }

  /** What it was when it was cut; undefined unless it was. */
  get cut(): Stage | undefined {
    return this.#cut;
  }

  /** So many bytes have gone to the backend. */
  carriedIn(bytes: number): void {
    this.bytesIn += bytes;
    this.backend.bytesIn += bytes;
    this.#traffic.bytesIn += bytes;
  }

  /** So many bytes have come from the backend, for the client. */
  carriedOut(bytes: number): void {
    this.bytesOut += bytes;
    this.backend.bytesOut += bytes;
    this.#traffic.bytesOut += bytes;
  }

  release(outcome: Outcome): void {
    if (!this.#held) return;
    this.#held = false;
    this.backend.active--;
    if (this.isUpgraded) this.backend.upgrades--;
    this.#onRelease(this.backend, outcome, this);
  }
}

/** Gives out leases on backends: active + 1 now, active - 1 when released. */
export class Leases {
  /** What has passed under all of them, those of backends that are gone included. */
  readonly traffic: Traffic = { bytesIn: 0, bytesOut: 0 };
  readonly #clock: Clock;
  readonly #onRelease: ReleaseListener;
  readonly #onAcquire: LeaseListener | undefined;
  readonly #onUpgrade: LeaseListener | undefined;
  readonly #onAnswer: AnswerListener | undefined;

  constructor(
    clock: Clock,
    onRelease: ReleaseListener,
    onAcquire?: LeaseListener,
    onUpgrade?: LeaseListener,
    onAnswer?: AnswerListener,
  ) {
    this.#clock = clock;
    this.#onRelease = onRelease;
    this.#onAcquire = onAcquire;
    this.#onUpgrade = onUpgrade;
    this.#onAnswer = onAnswer;
  }

  acquire(backend: BackendRecord): Lease {
    const { traffic } = this;
    const lease = new Lease(backend, this.#clock.now(), traffic, this.#onRelease, this.#onUpgrade, this.#onAnswer);
    this.#onAcquire?.(backend, lease);
    return lease;
  }
}
