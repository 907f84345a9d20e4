import type { FairleadError } from './errors.js';

interface Ended {
  /** Status of the backend's answer; 0 when there was none. */
  readonly status: number;
  /** Milliseconds from acquiring the backend to its response head; -1 when none came. */
  readonly responseTime: number;
  /** Milliseconds from acquiring the backend to the end. */
  readonly duration: number;
  /** Bytes of the request's body that went to the backend; of a tunnel, all that it carried there. */
  readonly bytesIn: number;
  /** Bytes of the answer's body that went to the client; of a tunnel, all that it carried there. */
  readonly bytesOut: number;
}

/** What passed in an exchange without a body. */
const NOTHING = { bytesIn: 0, bytesOut: 0 };

/**
 * What came of one attempt. Nothing on the request path throws: it ends in one of these.
 *
 * - `answered`: the backend's answer reached the client whole, or its upgraded socket has closed.
 * - `failed`: `error.blame` says whose fault it was; `committed` that the response head had reached the client, so that
 *   nothing can be tried again.
 * - `aborted`: the client went away. It never counts against a backend.
 */
export type Outcome =
  | (Ended & { readonly kind: 'answered' })
  | (Ended & { readonly kind: 'failed'; readonly error: FairleadError; readonly committed: boolean })
  | (Ended & { readonly kind: 'aborted' });

/** How an attempt ended, without the figures. */
export type Ending =
  | { readonly kind: 'answered' | 'aborted' }
  | { readonly kind: 'failed'; readonly error: FairleadError; readonly committed: boolean };

/** The outcome of an attempt. Spelt out field by field: spreading `end` allocated ten times as much, on every request. */
export function outcomeOf(
  end: Ending,
  status: number,
  responseTime: number,
  duration: number,
  { bytesIn, bytesOut }: Pick<Ended, 'bytesIn' | 'bytesOut'> = NOTHING,
): Outcome {
  if (end.kind !== 'failed') return { kind: end.kind, status, responseTime, duration, bytesIn, bytesOut };
  const { kind, error, committed } = end;
  return { kind, error, committed, status, responseTime, duration, bytesIn, bytesOut };
}

/** The outcome of a request that never reached a backend. */
export function refused(error: FairleadError): Outcome {
  return outcomeOf({ kind: 'failed', error, committed: false }, 0, -1, 0);
}

/** The outcome of a request whose client went away between two attempts. */
export function gone(): Outcome {
  return outcomeOf({ kind: 'aborted' }, 0, -1, 0);
}
