/** Whose fault an error is. Only `backend` counts against a backend. */
export type Blame = 'client' | 'backend' | 'proxy';

interface ErrorKind {
  /** HTTP status a client gets; 499 is for logs only, nobody is left to read it. */
  readonly status: number;
  readonly blame: Blame;
  /** What a client may be told: no address, no path, no stack. */
  readonly summary: string;
}

/** The one table of what can go wrong; docs/errors.md has a heading for each code. */
const KINDS = {
  FAIRLEAD_OPTIONS: { status: 500, blame: 'proxy', summary: 'The load balancer is misconfigured.' },
  FAIRLEAD_NO_BACKEND: { status: 503, blame: 'proxy', summary: 'No backend is available.' },
  FAIRLEAD_CLOSING: { status: 503, blame: 'proxy', summary: 'The server is shutting down.' },
  FAIRLEAD_CONNECT: { status: 502, blame: 'backend', summary: 'The backend could not be reached.' },
  FAIRLEAD_CONNECT_TIMEOUT: { status: 504, blame: 'backend', summary: 'The backend could not be reached in time.' },
  FAIRLEAD_HEADERS_TIMEOUT: { status: 504, blame: 'backend', summary: 'The backend did not answer in time.' },
  FAIRLEAD_IDLE_TIMEOUT: { status: 504, blame: 'backend', summary: 'The backend stopped sending.' },
  FAIRLEAD_TOTAL_TIMEOUT: { status: 504, blame: 'backend', summary: 'The request took too long.' },
  FAIRLEAD_BACKEND_RESET: { status: 502, blame: 'backend', summary: 'The backend closed the connection.' },
  FAIRLEAD_BACKEND_PROTOCOL: { status: 502, blame: 'backend', summary: 'The backend sent an invalid answer.' },
  FAIRLEAD_RESPONSE_BODY: { status: 502, blame: 'backend', summary: 'The answer of the backend broke off.' },
  FAIRLEAD_REQUEST_BODY: { status: 400, blame: 'client', summary: 'The request body is broken or incomplete.' },
  FAIRLEAD_BODY_CONSUMED: { status: 500, blame: 'proxy', summary: 'The request body was not available.' },
  FAIRLEAD_CLIENT_ABORT: { status: 499, blame: 'client', summary: 'The client went away.' },
  FAIRLEAD_ENGINE: { status: 500, blame: 'proxy', summary: 'The load balancer failed.' },
} as const satisfies Record<`FAIRLEAD_${string}`, ErrorKind>;

/** Every code a {@link FairleadError} can carry. */
export type ErrorCode = keyof typeof KINDS;

export const errorCodes: readonly ErrorCode[] = Object.keys(KINDS).filter((key): key is ErrorCode => key in KINDS);

/** One thing wrong with the options: where, what was given, what is asked for. */
export interface Problem {
  /** Path of the option, as in `backends[1].weight`. */
  readonly path: string;
  readonly value: unknown;
  readonly rule: string;
}

/**
 * The only error class fairlead throws, passes to `onError` and emits.
 *
 * `status` and `blame` follow from `code`; `message` is for operators and may name backends, so it is never sent to a
 * client: `summary` is.
 */
export class FairleadError extends Error {
  override readonly name = 'FairleadError';
  readonly code: ErrorCode;
  /** HTTP status for the client; Express reads it too. */
  readonly status: number;
  readonly blame: Blame;
  /** A sentence that may be shown to a client. */
  readonly summary: string;
  /** With `FAIRLEAD_OPTIONS`: every problem found, in the order of the options. */
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, message: string, extra: { cause?: unknown; problems?: readonly Problem[] } = {}) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause });
    const kind = KINDS[code];
    this.code = code;
    this.status = kind.status;
    this.blame = kind.blame;
    this.summary = kind.summary;
    this.problems = extra.problems ?? [];
  }
}
