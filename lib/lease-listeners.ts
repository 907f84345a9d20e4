import type { Accounting } from './accounting.js';
import type { BackendRecord } from './core/backend.js';
import { systemClock } from './core/clock.js';
import { type Lease, Leases } from './core/lease.js';
import type { Outcome } from './core/outcome.js';
import type { Pool } from './core/pool.js';
import type { Strategy } from './core/strategy.js';
import type { Draining } from './fleet/draining.js';
import type { Vitals } from './fleet/vitals.js';
import type { Reporter } from './observe/reporter.js';
import type { Limits } from './resilience/limits/limits.js';

/** Who hears of leases. */
interface Listeners {
  readonly pool: Pool;
  readonly vitals: Vitals;
  readonly accounting: Accounting;
  readonly reporter: Reporter;
  readonly limits: Limits;
  readonly draining: () => Draining;
  /** The strategies that pick; asked for with each lease. */
  readonly strategies: () => { readonly strategy: Strategy; readonly spare: Strategy };
}

/** The leases of one balancer: whoever learns from requests hears of them here. */
export function leasesOf(listeners: Listeners): Leases {
  const { pool, vitals, accounting, reporter, limits } = listeners;
  const acquired = (backend: BackendRecord, lease: Lease): void => {
    limits.acquired(backend);
    pool.recount(backend);
    accounting.acquired(backend, lease);
    vitals.acquired(backend, lease);
    tellAcquired(listeners, backend);
  };
  const upgraded = (backend: BackendRecord, lease: Lease): void => {
    pool.recount(backend);
    vitals.upgraded(backend, lease);
    limits.vacated(backend);
  };
  const released = (backend: BackendRecord, outcome: Outcome, lease: Lease): void => {
    limits.released(backend, lease);
    pool.recount(backend);
    accounting.released(backend, outcome, lease);
    vitals.released(backend, outcome, lease);
    if (outcome.kind === 'failed') reporter.failed(outcome.error, backend.id);
    tellReleased(listeners, backend, outcome);
    // Last: who waited takes the place in this call, and everything is to be as it is now.
    limits.vacated(backend);
    listeners.draining().released(backend, lease);
  };
  const answered = (backend: BackendRecord, lease: Lease, status: number): void => {
    vitals.answered(backend, lease, status);
    limits.answered(backend, lease, status);
  };
  return new Leases(systemClock, released, acquired, upgraded, answered);
}

/** Both instances hear of everything, whoever chose. A strategy of the user's own may throw. */
function tellAcquired({ strategies, reporter }: Listeners, backend: BackendRecord): void {
  try {
    const { strategy, spare } = strategies();
    strategy.onAcquire?.(backend);
    if (spare !== strategy) spare.onAcquire?.(backend);
  } catch (thrown) {
    reporter.threw("the strategy's onAcquire threw", thrown);
  }
}

function tellReleased({ strategies, reporter }: Listeners, backend: BackendRecord, outcome: Outcome): void {
  try {
    const { strategy, spare } = strategies();
    strategy.onRelease?.(backend, outcome);
    if (spare !== strategy) spare.onRelease?.(backend, outcome);
  } catch (thrown) {
    reporter.threw("the strategy's onRelease threw", thrown);
  }
}
