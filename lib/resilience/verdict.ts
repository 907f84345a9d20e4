import type { Outcome } from '../core/outcome.js';

/** What an attempt says of its backend; `none` where its client, or we ourselves, decided how it ended. */
export type Verdict = 'passed' | 'failed' | 'none';

/**
 * Only what the backend did counts: connect failures, resets, timeouts, a broken protocol, and the statuses that are
 * listed. A client that went away, or sent half a body, says nothing either way, whatever status it was being sent.
 */
export function verdictOf(outcome: Outcome, statuses: ReadonlySet<number>): Verdict {
  if (outcome.kind === 'aborted') return 'none';
  if (outcome.kind === 'failed') return outcome.error.blame === 'backend' ? 'failed' : 'none';
  return statuses.has(outcome.status) ? 'failed' : 'passed';
}
