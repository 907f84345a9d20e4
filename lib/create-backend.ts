import { type BackendInput, type BackendRecord, backendRecord } from './core/backend.js';
import { backendSchema } from './core/backend-schema.js';
import { FairleadError } from './core/errors.js';
import { problemsOf, problemsText } from './core/problems.js';

/**
 * A backend as strategies see it, for testing one's own. It belongs to no balancer: its counters are yours to set.
 *
 * @throws FairleadError FAIRLEAD_OPTIONS for bad input
 */
export function createBackend(input: string | URL | BackendInput): BackendRecord {
  const parsed = backendSchema.safeParse(input);
  if (parsed.success) return backendRecord(parsed.data);
  const problems = problemsOf(parsed.error.issues, input);
  throw new FairleadError('FAIRLEAD_OPTIONS', problemsText(problems, 'createBackend()'), { problems });
}
