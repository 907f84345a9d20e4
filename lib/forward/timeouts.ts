import type { Clock, Timer } from '../core/clock.js';
import type { ErrorCode } from '../core/errors.js';

/** How long each part of an exchange may take, in milliseconds; 0 for no limit. */
export interface Timeouts {
  /** Until a connection to the backend stands, TLS included. */
  readonly connect: number;
  /** From then, and from each part of the request body sent, until the response head. */
  readonly headers: number;
  /** Between two parts of the answer. */
  readonly idle: number;
  /** For the whole request, all its attempts together, but for what comes behind a change of protocol. */
  readonly total: number;
  /** For one attempt until its response head, so that another can be made; begins anew with each part of the body sent. */
  readonly perTry: number;
  /** Without a byte either way on an upgraded socket. */
  readonly tunnel: number;
}

const CODES = {
  connect: 'FAIRLEAD_CONNECT_TIMEOUT',
  headers: 'FAIRLEAD_HEADERS_TIMEOUT',
  idle: 'FAIRLEAD_IDLE_TIMEOUT',
  total: 'FAIRLEAD_TOTAL_TIMEOUT',
  perTry: 'FAIRLEAD_HEADERS_TIMEOUT',
  tunnel: 'FAIRLEAD_IDLE_TIMEOUT',
} as const satisfies Record<keyof Timeouts, ErrorCode>;

export type TimeoutKind = keyof Timeouts;

/** @param connecting no connection stands yet, so that whatever ran out, nothing has been sent */
export function timeoutCode(kind: TimeoutKind, connecting: boolean): (typeof CODES)[TimeoutKind] {
  return kind === 'perTry' && connecting ? CODES.connect : CODES[kind];
}

/**
 * Watches one attempt: one phase at a time, and the whole. Moving on, and each sign of life, only moves the deadline; the
 * timer looks at it when it fires, and is set anew only for one that is nearer. Three timers for each request, nearly all
 * of them cancelled, cost more than what they watch.
 */
export class Watch {
  readonly #timeouts: Timeouts;
  readonly #clock: Clock;
  readonly #onTimeout: (kind: TimeoutKind) => void;
  readonly #total: Timer | undefined;
  readonly #perTry: Timer | undefined;
  #phase: TimeoutKind = 'connect';
  /** When the phase is over, and when the timer fires; Infinity for never. */
  #deadline = Number.POSITIVE_INFINITY;
  #fires = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;
  #stopped = false;

  /** @param deadline when the request must be over, by this clock; Infinity for never */
  constructor(timeouts: Timeouts, clock: Clock, onTimeout: (kind: TimeoutKind) => void, deadline: number) {
    this.#timeouts = timeouts;
    this.#clock = clock;
    this.#onTimeout = onTimeout;
    if (deadline < Number.POSITIVE_INFINITY) {
      this.#total = clock.after(Math.max(0, deadline - clock.now()), () => onTimeout('total'));
    }
    if (timeouts.perTry > 0) this.#perTry = clock.after(timeouts.perTry, () => onTimeout('perTry'));
  }

  /** From here on there is no answer to wait for, only a tunnel that may be idle for long. */
  enterTunnel(): void {
    this.#total?.cancel();
    this.#perTry?.cancel();
    this.enter('tunnel');
  }

  /** @param now by the clock, where that has just been asked */
  enter(phase: Exclude<TimeoutKind, 'total' | 'perTry'>, now = this.#clock.now()): void {
    if (phase === 'idle') this.#perTry?.cancel();
    this.#phase = phase;
    this.refresh(now);
  }

  /** Something moved: the current phase starts anew. */
  refresh(now = this.#clock.now()): void {
    if (this.#stopped) return;
    const ms = this.#timeouts[this.#phase];
    this.#deadline = ms > 0 ? now + ms : Number.POSITIVE_INFINITY;
    if (this.#deadline < this.#fires) this.#arm(ms);
  }

  /** A part of the request has gone out. */
  sent(): void {
    if (this.#phase !== 'idle') this.tryAnew();
    this.refresh();
  }

  /** The time for this attempt begins anew: it is not the backend that is slow. */
  tryAnew(): void {
    if (!this.#stopped) this.#perTry?.refresh();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#perTry?.cancel();
    this.#total?.cancel();
    this.#stopped = true;
  }

  /** Until the deadline, in ms. */
  #arm(ms: number): void {
    this.#timer?.cancel();
    this.#fires = this.#deadline;
    this.#timer = this.#clock.after(ms, () => this.#onFire());
  }

  #onFire(): void {
    this.#timer = undefined;
    this.#fires = Number.POSITIVE_INFINITY;
    const left = this.#deadline - this.#clock.now();
    // A timer may be up to a millisecond early.
    if (left < 1) this.#onTimeout(this.#phase);
    else if (left < Number.POSITIVE_INFINITY) this.#arm(left);
  }
}
