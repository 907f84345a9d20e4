import type { Affinity, PinResult } from './core/affinity.js';
import type { Backend, BackendRecord } from './core/backend.js';
import { FairleadError } from './core/errors.js';
import type { Exchange } from './core/exchange.js';
import type { Leases } from './core/lease.js';
import { type Outcome, refused } from './core/outcome.js';
import type { Pool } from './core/pool.js';
import type { Strategy } from './core/strategy.js';
import type { Forwarder } from './forward/forwarder.js';
import { mayRetry } from './resilience/retry.js';

/** What the path leads through; lib/balancer.ts puts it together. */
export interface Stages {
  readonly pool: Pool;
  readonly affinity: Affinity | undefined;
  readonly strategy: Strategy;
  /** Picks where the first choice failed: shorter lists must not disturb the turns and tables of the main one. */
  readonly spare: Strategy;
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
    const candidates = pool.available(tried);
    const pinned = stages.affinity?.find(exchange, pool);
    const stays = pinned !== undefined && pool.acceptsPinned(pinned, tried);
    if (pinned !== undefined) pin = stays ? 'hit' : 'lost';
    const backend = stays ? pinned : pick(stages, candidates, exchange, tried.length);
    if (backend instanceof FairleadError)
      return { outcome: outcome ?? refused(backend), backend: tried.at(-1), attempts: tried.length, pin };
    const lease = leases.acquire(backend);
    outcome = await forwarder.forward(
      exchange,
      lease,
      stays ? NO_PIN : () => stages.affinity?.pin?.(exchange, backend) ?? [],
    );
    lease.release(outcome);
    tried = [...tried, backend];
  } while (mayRetry(outcome, tried.length, stages.attempts));
  return { outcome, backend: tried.at(-1), attempts: tried.length, pin };
}

const NO_PIN = (): readonly string[] => [];

/** The strategy's choice, or why there is none. A strategy may be a user's own: it may throw, and choose anything. */
function pick(
  stages: Stages,
  candidates: readonly BackendRecord[],
  exchange: Exchange,
  attempt: number,
): BackendRecord | FairleadError {
  if (candidates.length === 0) return new FairleadError('FAIRLEAD_NO_BACKEND', 'no backend is available');
  try {
    const context = { key: exchange.client.address, attempt, request: exchange.request };
    const strategy = attempt === 0 ? stages.strategy : stages.spare;
    const choice = stages.pool.chosen(strategy.pick(candidates, context), candidates);
    return choice ?? new FairleadError('FAIRLEAD_ENGINE', 'the strategy chose none of its candidates');
  } catch (cause) {
    return new FairleadError('FAIRLEAD_ENGINE', 'the strategy threw', { cause });
  }
}
