import type { BackendRecord } from '../core/backend.js';
import { type ErrorCode, FairleadError } from '../core/errors.js';
import type { Lease, Leases } from '../core/lease.js';
import type { Errand } from '../forward/errand.js';
import type { Queue } from '../resilience/limits/queue.js';
import type { Trail } from '../resilience/trail.js';
import { refusalOf } from '../sticky/common/lost.js';
import { type Choosers, choose, toPick } from './choose.js';

/** What it takes to give somebody a place. */
export interface Seating extends Choosers {
  readonly leases: Leases;
  /** Where those wait for whom nobody has room; undefined where nobody waits. */
  readonly queue: Queue<Lease> | undefined;
}

/** Who asks for a place, and until when, by the balancer's clock. */
type Seeker = Pick<Errand, 'exchange' | 'deadline' | 'gone' | 'whenGone'>;

/** Who is not to be asked, and how many attempts there were. */
type Past = Pick<Trail, 'tried' | 'made'>;

/** A place, or why there is none; `'gone'` when the client has left the queue. */
export type Seat = Lease | FairleadError | 'gone';

const OVERFLOW: ReadonlySet<ErrorCode> = new Set(['FAIRLEAD_QUEUE_FULL', 'FAIRLEAD_QUEUE_TIMEOUT']);

/**
 * A place at a backend: taken at once, or else waited for. Choosing and taking are one step, without an `await` between
 * them, also for those who wait: whoever makes room has them take it there and then.
 */
export function seated(
  seating: Seating,
  seeker: Seeker,
  past: Past,
  pinned: BackendRecord | undefined,
): Seat | Promise<Seat> {
  return taken(seating, seeker, past, pinned) ?? queued(seating, seeker, past, pinned);
}

/** Undefined while there is nobody with room, and it can be waited for. */
function taken(
  seating: Seating,
  { exchange }: Seeker,
  { tried, made }: Past,
  pinned: BackendRecord | undefined,
): Lease | FairleadError | undefined {
  const choice = choose(seating, exchange, pinned, tried, toPick, made);
  if (choice === 'full') return undefined;
  return choice instanceof FairleadError ? choice : seating.leases.acquire(choice);
}

async function queued(seating: Seating, seeker: Seeker, past: Past, pinned: BackendRecord | undefined): Promise<Seat> {
  const { exchange, deadline } = seeker;
  if (seating.queue === undefined || seeker.gone) return 'gone';
  // Of a backend that is lost, and not only full, has been decided: its clients wait for whoever has room.
  const own = pinned !== undefined && seating.pool.isBusy(pinned) ? pinned : undefined;
  const seat = await seating.queue.wait({
    pinned: own,
    tried: past.tried,
    request: exchange.request,
    deadline,
    take: () => taken(seating, seeker, past, own),
    whenGone: (gone) => seeker.whenGone(gone),
  });
  if (own === undefined || !(seat instanceof FairleadError) || !OVERFLOW.has(seat.code)) return seat;
  // Its own backend takes it no more than one that is gone.
  const refusal = refusalOf(seating.onLost, exchange.request, own, seat);
  return refusal ?? taken(seating, seeker, past, undefined) ?? seat;
}
