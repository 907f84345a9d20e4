import type { Outcome } from '../core/outcome.js';

/** Milliseconds that a failure counts as at least: failing fast must not look fast (Linkerd's load biaser: 5 s). */
export const FAILURE_COST = 5_000;

/** Whether the backend failed: it broke off, or it said that it cannot (5xx) or will not (429). */
export function hasFailed(outcome: Outcome): boolean {
  if (outcome.kind === 'failed') return outcome.error.blame === 'backend' || isFailure(outcome.status);
  return outcome.kind === 'answered' && isFailure(outcome.status);
}

function isFailure(status: number): boolean {
  return status >= 500 || status === 429;
}

/**
 * The latency a finished request teaches, in milliseconds: to the response head, since a long download or a WebSocket is
 * not a slow backend; for a failure `max(actual, failureCost)`. -1 when it teaches nothing: the client went away, or what
 * failed was not the backend.
 */
export function latencyOf(outcome: Outcome, failureCost: number): number {
  if (outcome.kind === 'aborted') return -1;
  const actual = outcome.responseTime >= 0 ? outcome.responseTime : outcome.duration;
  if (hasFailed(outcome)) return Math.max(actual, failureCost);
  return outcome.kind === 'answered' ? actual : -1;
}
