import { FairleadError } from '../core/errors.js';
import { type Outcome, outcomeOf } from '../core/outcome.js';

/** How a request ended; numbers, for typed arrays. `pending` while it has not. */
export const Ending = {
  pending: 0,
  answered: 1,
  /** The backend answered 500. */
  failed: 2,
  refused: 3,
  /** The backend went away while it was working on it. */
  reset: 4,
  timedOut: 5,
  /** There was no candidate. */
  nobody: 6,
} as const;

export type Ending = (typeof Ending)[keyof typeof Ending];

/** Made once: an error takes microseconds to make, for the sake of a stack that nobody reads here. */
const ERRORS = {
  [Ending.refused]: new FairleadError('FAIRLEAD_CONNECT', 'simulated: connection refused'),
  [Ending.reset]: new FairleadError('FAIRLEAD_BACKEND_RESET', 'simulated: the backend went away'),
  [Ending.timedOut]: new FairleadError('FAIRLEAD_HEADERS_TIMEOUT', 'simulated: no answer in time'),
  [Ending.nobody]: new FairleadError('FAIRLEAD_NO_BACKEND', 'simulated: no candidate'),
};

/** What a strategy hears of it; `ms` from acquiring the backend to the end. */
export function outcomeFor(ending: Exclude<Ending, 0>, ms: number): Outcome {
  if (ending === Ending.answered) return outcomeOf({ kind: 'answered' }, 200, ms, ms);
  if (ending === Ending.failed) return outcomeOf({ kind: 'answered' }, 500, ms, ms);
  return outcomeOf({ kind: 'failed', error: ERRORS[ending], committed: false }, 0, -1, ms);
}
