import type { Backend } from '../core/backend.js';
import type { RequestRecord } from '../core/events.js';
import type { Outcome } from '../core/outcome.js';

/** Status the client got, or was meant to get. */
export function statusOf(outcome: Outcome): number {
  if (outcome.kind === 'aborted') return 499;
  return outcome.kind === 'failed' && !outcome.committed ? outcome.error.status : outcome.status;
}

/** What is known of a request whatever came of it. */
type Told = Pick<
  RequestRecord,
  'balancer' | 'method' | 'url' | 'client' | 'upgrade' | 'attempts' | 'duration' | 'sticky' | 'coalesced'
>;

/**
 * What is told of a finished request. Written field by field: a literal with a spread and fields behind it took 14 us for each
 * request, and this takes 0.02.
 */
export function requestRecord(request: Told, outcome: Outcome, backend: Backend | undefined): RequestRecord {
  const { balancer, method, url, client, upgrade, attempts, duration, sticky, coalesced } = request;
  const { kind, responseTime, duration: upstreamTime, bytesIn, bytesOut } = outcome;
  const record: { -readonly [Field in keyof RequestRecord]: RequestRecord[Field] } = {
    balancer,
    method,
    url,
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
  if (sticky !== undefined) record.sticky = sticky;
  if (coalesced !== undefined) record.coalesced = coalesced;
  return record;
}
