/** Whose fault an error is. Only `backend` counts against a backend. */
export type Blame = 'client' | 'backend' | 'proxy';

interface ErrorKind {
  /** HTTP status a client gets; 499 is for logs only, nobody is left to read it. */
  readonly status: number;
  readonly blame: Blame;
  /** Its name in Proxy-Status (RFC 9209, 2.3). */
  readonly proxyStatus: string;
  /** What a client may be told: no address, no path, no stack. */
  readonly summary: string;
}

function kind(status: number, blame: Blame, proxyStatus: string, summary: string): ErrorKind {
  return { status, blame, proxyStatus, summary };
}

/** The one table of what can go wrong; docs/errors.md has a heading for each code. */
const KINDS = {
  FAIRLEAD_OPTIONS: kind(500, 'proxy', 'proxy_configuration_error', 'The load balancer is misconfigured.'),
  FAIRLEAD_NO_BACKEND: kind(503, 'proxy', 'destination_unavailable', 'No backend is available.'),
  FAIRLEAD_STICKY_LOST: kind(503, 'proxy', 'destination_unavailable', 'The server of this session is not available.'),
  FAIRLEAD_QUEUE_FULL: kind(503, 'proxy', 'destination_unavailable', 'The server is busy.'),
  FAIRLEAD_QUEUE_TIMEOUT: kind(503, 'proxy', 'destination_unavailable', 'The server is busy.'),
  FAIRLEAD_RATE_LIMITED: kind(429, 'client', 'http_request_denied', 'The client makes too many requests.'),
  FAIRLEAD_CLOSING: kind(503, 'proxy', 'destination_unavailable', 'The server that had this request is shutting down.'),
  FAIRLEAD_CONNECT: kind(502, 'backend', 'connection_refused', 'The backend could not be reached.'),
  FAIRLEAD_TLS: kind(502, 'backend', 'tls_protocol_error', 'No secure connection to the backend could be made.'),
  FAIRLEAD_CONNECT_TIMEOUT: kind(504, 'backend', 'connection_timeout', 'The backend could not be reached in time.'),
  FAIRLEAD_HEADERS_TIMEOUT: kind(504, 'backend', 'http_response_timeout', 'The backend did not answer in time.'),
  FAIRLEAD_IDLE_TIMEOUT: kind(504, 'backend', 'connection_read_timeout', 'The backend stopped sending.'),
  FAIRLEAD_TOTAL_TIMEOUT: kind(504, 'backend', 'http_response_timeout', 'The request took too long.'),
  FAIRLEAD_BACKEND_RESET: kind(502, 'backend', 'connection_terminated', 'The backend closed the connection.'),
  FAIRLEAD_BACKEND_PROTOCOL: kind(502, 'backend', 'http_protocol_error', 'The backend sent an invalid answer.'),
  FAIRLEAD_RESPONSE_BODY: kind(502, 'backend', 'http_response_incomplete', 'The answer of the backend broke off.'),
  FAIRLEAD_BAD_REQUEST: kind(400, 'client', 'http_request_error', 'The request is malformed.'),
  FAIRLEAD_REQUEST_BODY: kind(400, 'client', 'http_request_error', 'The request body is broken or incomplete.'),
  FAIRLEAD_BODY_CONSUMED: kind(500, 'proxy', 'proxy_internal_error', 'The request body was not available.'),
  FAIRLEAD_CLIENT_ABORT: kind(499, 'client', 'http_request_error', 'The client went away.'),
  FAIRLEAD_ENGINE: kind(500, 'proxy', 'proxy_internal_error', 'The load balancer failed.'),
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
 * What fairlead throws for bad options, passes to `onError` and emits.
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
  /** Its name in Proxy-Status (RFC 9209, 2.3). */
  readonly proxyStatus: string;
  /** A sentence that may be shown to a client. */
  readonly summary: string;
  /** Seconds after which the client may try again, where that is known. */
  readonly retryAfter: number | undefined;
  /** With `FAIRLEAD_OPTIONS`: every problem found, in the order of the options. */
  readonly problems: readonly Problem[];

  constructor(
    code: ErrorCode,
    message: string,
    extra: { cause?: unknown; problems?: readonly Problem[]; retryAfter?: number } = {},
  ) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause });
    const { status, blame, proxyStatus, summary } = KINDS[code];
    this.code = code;
    this.status = status;
    this.blame = blame;
    this.proxyStatus = proxyStatus;
    this.summary = summary;
    this.retryAfter = extra.retryAfter;
    this.problems = extra.problems ?? [];
  }
}
