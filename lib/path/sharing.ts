import type { Found } from '../core/affinity.js';
import type { Exchange } from '../core/exchange.js';
import { whenClosed } from '../forward/response/client-gone.js';
import type { Place } from '../shaping/coalescing/coalescer.js';
import type { Guest } from '../shaping/coalescing/guest.js';
import { brokenDown, failureOf, type Journey, pinResult, type Trip, tripOf } from './journey.js';
import { hooksOf } from './pin-hooks.js';
import type { Stages } from './stages.js';

/** A request's way with an exchange of its own. */
type Attempts = (stages: Stages, trip: Trip) => Promise<Journey>;

/** A request that shares an exchange: its own, or that of an earlier one. */
export async function together(
  stages: Stages,
  exchange: Exchange,
  found: Found,
  { shared, member, leads }: Place,
  attempts: Attempts,
): Promise<Journey> {
  const trip = leads ? tripOf(stages, exchange, found, shared) : undefined;
  // It outlasts its own client where another is left to answer.
  if (trip !== undefined) {
    void attempts(stages, trip)
      .catch(brokenDown)
      .then(({ outcome, backend }) => shared.over(outcome, backend));
  }
  const outcome = await member.end;
  if (outcome === 'alone') return attempts(stages, tripOf(stages, exchange, found));
  // Whose client leaves before that is over asked somebody all the same.
  const backend = shared.backend ?? (outcome.kind === 'aborted' ? trip?.trail.last : undefined);
  const pin = failureOf(outcome)?.code === 'FAIRLEAD_STICKY_LOST' ? 'rejected' : pinResult(found, backend);
  return { outcome, backend, attempts: trip?.trail.made ?? 0, found, pin, coalesced: !leads };
}

/** A client as those see it that it may share an answer with. */
export function guestOf({ affinity, forwarder }: Stages, exchange: Exchange, found: Found): Guest {
  return {
    request: exchange.request,
    whenClosed: (closed) => whenClosed(exchange.response, closed),
    open: (backend, onDrain) =>
      forwarder.recipient(exchange, backend, hooksOf(affinity, exchange, backend, found).pin, onDrain),
  };
}
