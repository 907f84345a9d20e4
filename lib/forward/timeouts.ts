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

/** What wakes up when somebody's time is up. */
export interface Wakes {
  /** Somebody is due then. @param now by its clock */
  set(due: number, now: number): void;
}

/**
 * Watches one attempt: one phase at a time, and the whole. It only knows when its time is up; the alarm, which is one for
 * all attempts, asks. A timer for each request, nearly all of them cancelled, cost more than what they watch.
 */
export class Watch {
  readonly #timeouts: Timeouts;
  readonly #alarm: Wakes;
  #phase: TimeoutKind = 'connect';
  /** When the phase is over; Infinity for never, here and below. */
  #deadline = Number.POSITIVE_INFINITY;
  #total: number;
  #perTry = Number.POSITIVE_INFINITY;

  /** @param now by the alarm's clock; @param deadline when the request must be over, by this clock; Infinity for never */
  constructor(timeouts: Timeouts, alarm: Wakes, now: number, deadline: number) {
    this.#timeouts = timeouts;
    this.#alarm = alarm;
    this.#total = deadline;
    if (timeouts.perTry > 0) this.#perTry = now + timeouts.perTry;
    alarm.set(this.due, now);
  }

  /** When the first of its times is up; Infinity for never. */
  get due(): number {
    return Math.min(this.#deadline, this.#total, this.#perTry);
  }

  /** The first of them that is up by now. */
  expired(now: number): TimeoutKind | undefined {
    const { due } = this;
    // A timer may be up to a millisecond early.
    if (due - now >= 1) return undefined;
    if (due === this.#total) return 'total';
    return due === this.#perTry ? 'perTry' : this.#phase;
  }

  /** From here on there is no answer to wait for, only a tunnel that may be idle for long. */
  enterTunnel(now: number): void {
    this.#total = Number.POSITIVE_INFINITY;
    this.#perTry = Number.POSITIVE_INFINITY;
    this.enter('tunnel', now);
  }

  enter(phase: Exclude<TimeoutKind, 'total' | 'perTry'>, now: number): void {
    if (phase === 'idle') this.#perTry = Number.POSITIVE_INFINITY;
    this.#phase = phase;
    this.refresh(now);
  }

  /** Something moved: the current phase starts anew. */
  refresh(now: number): void {
    const ms = this.#timeouts[this.#phase];
    this.#deadline = ms > 0 ? now + ms : Number.POSITIVE_INFINITY;
    this.#alarm.set(this.#deadline, now);
  }

  /** A part of the request has gone out. */
  sent(now: number): void {
    if (this.#phase !== 'idle') this.tryAnew(now);
    this.refresh(now);
  }

  /** The time for this attempt begins anew: it is not the backend that is slow. */
  tryAnew(now: number): void {
    if (this.#perTry === Number.POSITIVE_INFINITY) return;
    this.#perTry = now + this.#timeouts.perTry;
    this.#alarm.set(this.#perTry, now);
  }
}
