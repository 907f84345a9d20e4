import type { Affinity } from '../core/affinity.js';
import type { Backend, BackendRecord } from '../core/backend.js';
import { FairleadError } from '../core/errors.js';
import type { Asker } from '../core/exchange.js';
import type { Pool } from '../core/pool.js';
import type { PickContext, Strategy } from '../core/strategy.js';
import { type OnLost, refusalOf } from '../sticky/common/lost.js';

/** Who has a say in where a request goes. */
export interface Choosers {
  readonly pool: Pool;
  readonly affinity: Affinity | undefined;
  readonly onLost: OnLost;
  readonly strategy: Strategy;
  /** Picks where the first choice failed: shorter lists must not disturb the turns and tables of the main one. */
  readonly spare: Strategy;
  /** Whether a request waits for which nobody has room. */
  readonly waits?: boolean;
}

/** How a strategy is asked: `pick` for a request, `peek` to explain. */
export type Ask = (strategy: Strategy, candidates: readonly Backend[], context: PickContext) => Backend | undefined;

/** How a request asks. */
export const toPick: Ask = (strategy, candidates, context) => strategy.pick(candidates, context);

/**
 * Who gets it: the backend the client is pinned to, as long as that takes it, else the strategy's choice. `'full'` where
 * requests wait, and those who could take this one have no room.
 */
export function choose(
  stages: Choosers,
  asker: Asker,
  pinned: BackendRecord | undefined,
  tried: readonly Backend[],
  ask: Ask,
  attempt = 0,
): BackendRecord | FairleadError | 'full' {
  if (pinned !== undefined) {
    if (stages.pool.acceptsPinned(pinned, tried)) return pinned;
    if (stages.waits && stages.pool.isBusy(pinned)) return 'full';
    const refusal = refusalOf(stages.onLost, asker.request, pinned, undefined);
    if (refusal !== undefined) return refusal;
  }
  try {
    return picked(stages, asker, tried, ask, attempt);
  } catch (cause) {
    // It may be a user's own, and choose anything, or throw.
    return new FairleadError('FAIRLEAD_ENGINE', 'the strategy threw', { cause });
  }
}

/** The strategy's choice among those who have room. */
function picked(
  { pool, strategy, spare, waits }: Choosers,
  asker: Asker,
  tried: readonly Backend[],
  ask: Ask,
  attempt: number,
): BackendRecord | FairleadError | 'full' {
  const first = tried.length === 0;
  const ours = strategy !== spare;
  // What strategies derive from a list (rings, tables, turns) would not outlast a request where lists change as places are
  // taken. So those of the house first choose among all whose turn it is, and only if that one is full among the rest; a
  // user's own sees nobody who is full.
  if (first && ours) {
    const lineup = pool.lineup();
    if (lineup.length > 0) {
      const chosen = pool.chosen(ask(strategy, lineup, contextOf(asker, attempt)), lineup);
      if (!chosen?.full) return chosen ?? noCandidate();
    }
  }
  const candidates = pool.available(tried);
  if (candidates.length === 0) return nobody(pool.busy(tried), waits);
  // As for a retry: the list is one that will not come again.
  const context = contextOf(asker, first && ours ? Math.max(1, attempt) : attempt);
  return pool.chosen(ask(first && !ours ? strategy : spare, candidates, context), candidates) ?? noCandidate();
}

function noCandidate(): FairleadError {
  return new FairleadError('FAIRLEAD_ENGINE', 'the strategy chose none of its candidates');
}

function nobody(busy: boolean, waits = false): FairleadError | 'full' {
  if (busy && waits) return 'full';
  const message = busy ? 'every backend is at its limit' : 'no backend is available';
  return new FairleadError('FAIRLEAD_NO_BACKEND', message);
}

/** What a strategy is told. */
export function contextOf({ client, request }: Asker, attempt: number): PickContext {
  return { key: client.address, attempt, request };
}
