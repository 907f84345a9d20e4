import type { Backend } from '../core/backend.js';
import type { RequestRecord } from '../core/events.js';
import type { Outcome } from '../core/outcome.js';

/** Status the client got, or was meant to get. */
export function statusOf(outcome: Outcome): number {
  if (outcome.kind === 'aborted') return 499;
  return outcome.kind === 'failed' && !outcome.committed ? outcome.error.status : outcome.status;
}

/** What is told of a finished request. */
export function requestRecord(
  request: Pick<
    RequestRecord,
    'balancer' | 'method' | 'url' | 'client' | 'upgrade' | 'attempts' | 'duration' | 'sticky' | 'coalesced'
  >,
  outcome: Outcome,
  backend: Backend | undefined,
): RequestRecord {
  return {
    ...request,
    ...(backend !== undefined && { backend: backend.id }),
    status: statusOf(outcome),
    outcome: outcome.kind,
    ...(outcome.kind === 'failed' && { code: outcome.error.code }),
    ...(outcome.kind === 'aborted' && { code: 'FAIRLEAD_CLIENT_ABORT' as const }),
    responseTime: outcome.responseTime,
    upstreamTime: outcome.duration,
    bytesIn: outcome.bytesIn,
    bytesOut: outcome.bytesOut,
  };
}
