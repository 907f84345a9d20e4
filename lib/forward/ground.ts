import type { Clock } from '../core/clock.js';
import type { Flight, ResponseSink } from '../core/engine.js';
import type { FairleadError } from '../core/errors.js';
import type { Lease } from '../core/lease.js';
import type { Outcome } from '../core/outcome.js';
import type { HeaderList } from '../util/header-list.js';
import type { Errand, Terms } from './errand.js';
import type { ResponseEdits } from './response/head.js';
import type { Timeouts, Wakes } from './timeouts.js';
import type { TunnelOpener, TunnelWatch } from './upstream/tunnel.js';

/** An attempt, as those know it who send its request. */
export interface Launchable extends ResponseSink, TunnelWatch {
  readonly errand: Errand;
  readonly lease: Lease;
  readonly terms: Terms;
  /** The protocol is switched: from here on bytes only pass through, until `done` is called. @throws where pins do */
  switched(headers: HeaderList, open: TunnelOpener): void;
}

/** What all attempts of one balancer share. */
export interface AttemptGround {
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly alarm: Wakes;
  /** Why no protocol is switched any more, and no connection kept, once the balancer closes. */
  readonly closing: FairleadError | undefined;
  /** What is done to the answer on its way to the client. */
  edits(attempt: Launchable): ResponseEdits;
  /** Sends the request, on a fresh connection where asked to. What it throws is the attempt's failure. */
  launch(attempt: Launchable, fresh: boolean): Flight;
  /** It is over; told before anybody else hears of it, and tells whom the terms name. */
  ended(attempt: Launchable, outcome: Outcome): void;
}
