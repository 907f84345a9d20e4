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
  /** For the whole attempt, but for what comes behind a change of protocol. */
  readonly total: number;
  /** Without a byte either way on an upgraded socket. */
  readonly tunnel: number;
}

const CODES = {
  connect: 'FAIRLEAD_CONNECT_TIMEOUT',
  headers: 'FAIRLEAD_HEADERS_TIMEOUT',
  idle: 'FAIRLEAD_IDLE_TIMEOUT',
  total: 'FAIRLEAD_TOTAL_TIMEOUT',
  tunnel: 'FAIRLEAD_IDLE_TIMEOUT',
} as const satisfies Record<keyof Timeouts, ErrorCode>;

export type TimeoutKind = keyof Timeouts;

export function timeoutCode(kind: TimeoutKind): (typeof CODES)[TimeoutKind] {
  return CODES[kind];
}

/** Watches one attempt: one phase at a time, and the whole. */
export class Watch {
  readonly #timeouts: Timeouts;
  readonly #clock: Clock;
  readonly #onTimeout: (kind: TimeoutKind) => void;
  #phase: Timer | undefined;
  readonly #total: Timer | undefined;

  constructor(timeouts: Timeouts, clock: Clock, onTimeout: (kind: TimeoutKind) => void) {
    this.#timeouts = timeouts;
    this.#clock = clock;
    this.#onTimeout = onTimeout;
    this.#total = this.#start('total');
  }

  enter(phase: Exclude<TimeoutKind, 'total'>): void {
    this.#phase?.cancel();
    this.#phase = this.#start(phase);
  }

  /** Something moved: the current phase starts anew. */
  refresh(): void {
    this.#phase?.refresh();
  }

  stop(): void {
    this.#phase?.cancel();
    this.#total?.cancel();
  }

  #start(kind: TimeoutKind): Timer | undefined {
    const ms = this.#timeouts[kind];
    return ms > 0 ? this.#clock.after(ms, () => this.#onTimeout(kind)) : undefined;
  }
}
