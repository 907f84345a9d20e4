import type { IncomingMessage } from 'node:http';
import type { PinResult } from '../core/affinity.js';
import type { Backend } from '../core/backend.js';
import type { RequestRecord } from '../core/events.js';
import type { Outcome } from '../core/outcome.js';

/** Status the client got, or was meant to get. */
export function statusOf(outcome: Outcome): number {
  if (outcome.kind === 'aborted') return 499;
  return outcome.kind === 'failed' && !outcome.committed ? outcome.error.status : outcome.status;
}

/** What comes of a request. */
type Ended = 'status' | 'outcome' | 'code' | 'backend' | 'responseTime' | 'upstreamTime' | 'bytesIn' | 'bytesOut';

/** What the client said. */
type Asked = 'method' | 'httpVersion' | 'referer' | 'userAgent';

/** What not every request has. */
type Special = 'requestId' | 'sticky' | 'coalesced';

/** What is known of a request whatever came of it, and what it said itself. */
interface Told extends Omit<RequestRecord, Ended | Asked | Special> {
  readonly request: Pick<IncomingMessage, 'method' | 'httpVersion' | 'headers'>;
  readonly requestId?: string | undefined;
  readonly sticky?: PinResult | undefined;
  readonly coalesced?: boolean | undefined;
}

/**
 * What is told of a finished request. Written field by field: a literal with a spread and fields behind it took 14 us for each
 * request, and this takes 0.02.
 */
export function requestRecord(told: Told, outcome: Outcome, backend: Backend | undefined): RequestRecord {
  const { at, balancer, request, url, client, upgrade, attempts, duration, sticky, coalesced, requestId } = told;
  const { referer, 'user-agent': userAgent } = request.headers;
  const { kind, responseTime, duration: upstreamTime, bytesIn, bytesOut } = outcome;
  const record: { -readonly [Field in keyof RequestRecord]: RequestRecord[Field] } = {
    at,
    balancer,
    method: request.method ?? '',
    url,
    httpVersion: request.httpVersion,
    client,
    upgrade,
    attempts,
    duration,
    status: statusOf(outcome),
    outcome: kind,
    responseTime,
    upstreamTime,
    bytesIn,
    bytesOut,
  };
  if (backend !== undefined) record.backend = backend.id;
  if (kind === 'failed') record.code = outcome.error.code;
  if (kind === 'aborted') record.code = 'FAIRLEAD_CLIENT_ABORT';
  if (referer !== undefined) record.referer = referer;
  if (userAgent !== undefined) record.userAgent = userAgent;
  if (requestId !== undefined) record.requestId = requestId;
  if (sticky !== undefined) record.sticky = sticky;
  if (coalesced === true) record.coalesced = true;
  return record;
}
