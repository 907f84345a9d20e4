import type { Affinity, PinResult } from './core/affinity.js';
import type { Backend, BackendRecord } from './core/backend.js';
import { FairleadError } from './core/errors.js';
import type { Asker, Exchange } from './core/exchange.js';
import type { Leases } from './core/lease.js';
import { type Outcome, refused } from './core/outcome.js';
import type { Pool } from './core/pool.js';
import type { PickContext, Strategy } from './core/strategy.js';
import type { Forwarder } from './forward/forwarder.js';
import { mayRetry } from './resilience/retry.js';

/** Who has a say in where a request goes. */
export interface Choosers {
  readonly pool: Pool;
  readonly affinity: Affinity | undefined;
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
  readonly pin: PinResult;
}

/**
 * The way of every request and every upgrade, once lib/identity/ has said who is asking. There is no `await` between
 * `available` and `acquire`: on one thread that makes check-then-take atomic. Never rejects.
 */
export async function travel(stages: Stages, exchange: Exchange): Promise<Journey> {
  const { pool, leases, forwarder } = stages;
  let tried: readonly BackendRecord[] = [];
  let pin: PinResult = 'none';
  let outcome: Outcome | undefined;
  do {
    const pinned = stages.affinity?.find(exchange, pool);
    const backend = choose(stages, exchange, pinned, tried, toPick);
    if (pinned !== undefined) pin = backend === pinned ? 'hit' : 'lost';
    if (backend instanceof FairleadError)
      return { outcome: outcome ?? refused(backend), backend: tried.at(-1), attempts: tried.length, pin };
    const lease = leases.acquire(backend);
    outcome = await forwarder.forward(
      exchange,
      lease,
      backend === pinned ? NO_PIN : () => stages.affinity?.pin?.(exchange, backend) ?? [],
    );
    lease.release(outcome);
    tried = [...tried, backend];
  } while (mayRetry(outcome, tried.length, stages.attempts));
  return { outcome, backend: tried.at(-1), attempts: tried.length, pin };
}

const NO_PIN = (): readonly string[] => [];

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
  if (pinned !== undefined && stages.pool.acceptsPinned(pinned, tried)) return pinned;
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
