import type { Affinity, Found, PinResult } from './core/affinity.js';
import type { Backend, BackendRecord } from './core/backend.js';
import { FairleadError } from './core/errors.js';
import type { Asker, Exchange } from './core/exchange.js';
import type { Leases } from './core/lease.js';
import { type Outcome, refused } from './core/outcome.js';
import type { Pool } from './core/pool.js';
import type { PickContext, Strategy } from './core/strategy.js';
import type { AnswerHooks, Forwarder } from './forward/forwarder.js';
import { mayRetry, neverArrived } from './resilience/retry.js';
import { type OnLost, refusalOf } from './sticky/common/lost.js';

/** Who has a say in where a request goes. */
export interface Choosers {
  readonly pool: Pool;
  readonly affinity: Affinity | undefined;
  readonly onLost: OnLost;
  readonly strategy: Strategy;
  /** Picks where the first choice failed: shorter lists must not disturb the turns and tables of the main one. */
  readonly spare: Strategy;
}

/** What the path leads through; lib/balancer.ts puts it together. */
export interface Stages extends Choosers {
  readonly leases: Leases;
  readonly forwarder: Forwarder;
  /** Attempts a request may take in all. */
  readonly attempts: number;
}

/** How a request went. */
export interface Journey {
  readonly outcome: Outcome;
  /** The backend that had it last, if any had. */
  readonly backend: Backend | undefined;
  /** Backends asked. */
  readonly attempts: number;
  /** What the client had for a pin, and what became of it. */
  readonly found: Found;
  readonly pin: PinResult;
}

/**
 * The way of every request and every upgrade, once lib/identity/ has said who is asking. There is no `await` between
 * `available` and `acquire`: on one thread that makes check-then-take atomic. Never rejects.
 */
export async function travel(stages: Stages, exchange: Exchange): Promise<Journey> {
  const { pool, affinity, leases, forwarder } = stages;
  const sought = affinity?.find(exchange, pool);
  // An `await` costs every request a turn: only a store that has to be asked is waited for.
  const found = sought instanceof Promise ? await sought : sought;
  let pinned = pinnedOf(found);
  let tried: readonly BackendRecord[] = [];
  let outcome: Outcome | undefined;
  let again: boolean;
  do {
    const backend = choose(stages, exchange, pinned, tried, toPick);
    if (backend instanceof FairleadError) return turnedDown(backend, outcome, tried, found);
    const lease = leases.acquire(backend);
    outcome = await forwarder.forward(exchange, lease, hooksOf(affinity, exchange, backend, found));
    lease.release(outcome);
    tried = [...tried, backend];
    again = mayRetry(outcome, tried.length, stages.attempts);
    if (backend === pinned && (again || neverArrived(outcome))) {
      const refusal = refusalOf(stages.onLost, exchange.request, pinned, failureOf(outcome));
      if (refusal !== undefined) return turnedDown(refusal, undefined, tried, found);
    }
    // From here on the client goes where there is room: about its own backend has been decided.
    pinned = undefined;
  } while (again);
  return { outcome, backend: tried.at(-1), attempts: tried.length, found, pin: pinResult(found, tried.at(-1)) };
}

/** The end of a request that gets no backend, or no further one. */
function turnedDown(
  error: FairleadError,
  before: Outcome | undefined,
  tried: readonly BackendRecord[],
  found: Found,
): Journey {
  const pin = error.code === 'FAIRLEAD_STICKY_LOST' ? 'rejected' : pinResult(found, undefined);
  return { outcome: before ?? refused(error), backend: tried.at(-1), attempts: tried.length, found, pin };
}

function pinnedOf(found: Found): BackendRecord | undefined {
  return typeof found === 'object' ? found : undefined;
}

function pinResult(found: Found, backend: Backend | undefined): PinResult {
  if (typeof found !== 'object') return 'none';
  return backend === found ? 'hit' : 'lost';
}

function failureOf(outcome: Outcome): FairleadError | undefined {
  return outcome.kind === 'failed' ? outcome.error : undefined;
}

const NO_HOOKS: AnswerHooks = { pin: () => [] };

function hooksOf(affinity: Affinity | undefined, exchange: Exchange, backend: Backend, found: Found): AnswerHooks {
  if (affinity?.pin === undefined) return NO_HOOKS;
  const { look } = affinity;
  return {
    pin: (answer) => affinity.pin?.(exchange, { backend, found, ...answer }) ?? [],
    look: look && ((answer) => affinity.look?.(exchange, { backend, found, ...answer })),
  };
}

/** How a strategy is asked: `pick` for a request, `peek` to explain. */
export type Ask = (strategy: Strategy, candidates: readonly Backend[], context: PickContext) => Backend | undefined;

const toPick: Ask = (strategy, candidates, context) => strategy.pick(candidates, context);

/** Who gets it: the backend the client is pinned to, as long as that takes it, else the strategy's choice. */
export function choose(
  stages: Choosers,
  asker: Asker,
  pinned: BackendRecord | undefined,
  tried: readonly Backend[],
  ask: Ask,
): BackendRecord | FairleadError {
  if (pinned !== undefined) {
    if (stages.pool.acceptsPinned(pinned, tried)) return pinned;
    const refusal = refusalOf(stages.onLost, asker.request, pinned, undefined);
    if (refusal !== undefined) return refusal;
  }
  const candidates = stages.pool.available(tried);
  if (candidates.length === 0) return new FairleadError('FAIRLEAD_NO_BACKEND', 'no backend is available');
  try {
    const strategy = tried.length === 0 ? stages.strategy : stages.spare;
    const choice = ask(strategy, candidates, contextOf(asker, tried.length));
    const chosen = stages.pool.chosen(choice, candidates);
    return chosen ?? new FairleadError('FAIRLEAD_ENGINE', 'the strategy chose none of its candidates');
  } catch (cause) {
    // It may be a user's own, and choose anything, or throw.
    return new FairleadError('FAIRLEAD_ENGINE', 'the strategy threw', { cause });
  }
}

/** What a strategy is told. */
export function contextOf({ client, request }: Asker, attempt: number): PickContext {
  return { key: client.address, attempt, request };
}
