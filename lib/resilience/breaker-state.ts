/** How long a breaker stays open. */
export interface OpenTimes {
  /** The first time, in ms. */
  readonly openFor: number;
  /** At most, in ms, however often it has doubled. */
  readonly maxOpenFor: number;
}

/**
 * One backend's breaker.
 *
 * `level` counts the openings that came one after the other without the backend having behaved in between; each doubles
 * the time. `trial` is the one request that a half-open breaker has let through: only that one decides.
 */
export type BreakerState =
  | { readonly kind: 'closed'; readonly level: number; readonly since: number }
  | { readonly kind: 'open'; readonly level: number; readonly until: number; readonly lasts: number }
  | { readonly kind: 'half-open'; readonly level: number; readonly trial: object | undefined };

/** What can happen to a breaker; `at` is the clock's time. */
export type BreakerEvent =
  /** The trip rule has seen enough. */
  | { readonly kind: 'tripped'; readonly at: number }
  /** Time has passed: an open breaker may be due. */
  | { readonly kind: 'waited'; readonly at: number }
  /** A request was given to the backend. */
  | { readonly kind: 'admitted'; readonly request: object }
  /** A request has ended, its answer begun, or it has become a tunnel; the verdict `none` is a client that went away. */
  | {
      readonly kind: 'ended';
      readonly request: object;
      readonly verdict: 'passed' | 'failed' | 'none';
      readonly at: number;
    }
  /** The trial waits for an answer for so long that it decides nothing any more. */
  | { readonly kind: 'overdue'; readonly request: object }
  /** Somebody else, an active check, has seen the backend well. */
  | { readonly kind: 'vouched'; readonly at: number };

export const CLOSED: BreakerState = { kind: 'closed', level: 0, since: Number.NEGATIVE_INFINITY };

function opened(level: number, at: number, times: OpenTimes): BreakerState {
  // 2 ** 1023 is the last that is a number.
  const lasts = Math.min(times.openFor * 2 ** Math.min(level - 1, 1000), times.maxOpenFor);
  return { kind: 'open', level, until: at + lasts, lasts };
}

/** What is left of a level after a time without openings: a step back for every `openFor` (Envoy counts intervals). */
function afterBehaving(level: number, ms: number, { openFor }: OpenTimes): number {
  if (level === 0) return 0;
  return Math.max(0, level - Math.floor(ms / openFor));
}

/** Every change a breaker can undergo, and there is no other. The same object back means that nothing has changed. */
export function transition(state: BreakerState, event: BreakerEvent, times: OpenTimes): BreakerState {
  switch (state.kind) {
    case 'closed': {
      if (event.kind !== 'tripped') return state;
      return opened(afterBehaving(state.level, event.at - state.since, times) + 1, event.at, times);
    }
    case 'open': {
      if (event.kind === 'vouched') return { kind: 'closed', level: state.level, since: event.at };
      const due = event.kind === 'waited' && event.at >= state.until;
      return due ? { kind: 'half-open', level: state.level, trial: undefined } : state;
    }
    case 'half-open':
      return fromHalfOpen(state, event, times);
  }
}

function fromHalfOpen(
  state: BreakerState & { readonly kind: 'half-open' },
  event: BreakerEvent,
  times: OpenTimes,
): BreakerState {
  const { level, trial } = state;
  if (event.kind === 'vouched') return { kind: 'closed', level, since: event.at };
  if (event.kind === 'admitted') return trial === undefined ? { ...state, trial: event.request } : state;
  if (event.kind === 'overdue') return trial === event.request ? { ...state, trial: undefined } : state;
  if (event.kind !== 'ended' || trial !== event.request) return state;
  if (event.verdict === 'passed') return { kind: 'closed', level, since: event.at };
  // Its client went away, and nobody is wiser: another one may try.
  return event.verdict === 'failed' ? opened(level + 1, event.at, times) : { ...state, trial: undefined };
}
