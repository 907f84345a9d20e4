import type { Look } from '../core/affinity.js';
import type { Clock } from '../core/clock.js';
import type { Flight, ResponseSink } from '../core/engine.js';
import { FairleadError } from '../core/errors.js';
import type { Exchange } from '../core/exchange.js';
import type { Lease } from '../core/lease.js';
import { type Ending, type Outcome, outcomeOf } from '../core/outcome.js';
import type { HeaderList } from '../util/header-list.js';
import { isIdempotent } from '../util/methods.js';
import { engineFailure, failure, notPassable, type Phase, ProtocolError } from './failure.js';
import { announcesBody } from './request/body.js';
import { breakOff } from './response/body.js';
import { whenClosed } from './response/client-gone.js';
import { Delivery } from './response/delivery.js';
import type { AnswerHead, ResponseEdits } from './response/head.js';
import { MAX_INTERIM, writeInterim } from './response/interim.js';
import { type TimeoutKind, type Timeouts, timeoutCode, Watch } from './timeouts.js';

/** What an attempt needs besides its exchange. */
export interface AttemptOptions {
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly edits: ResponseEdits;
  /** Whether the first bytes of an answer are to be shown to someone, before the client gets them. */
  readonly look?: ((answer: AnswerHead) => Look | undefined) | undefined;
  /** Why no protocol is switched any more, once the balancer closes. */
  readonly refusesTunnels: () => FairleadError | undefined;
}

/**
 * Starts the exchange with the backend, on a fresh connection where asked to. What it throws is the attempt's failure.
 */
export type Launch = (attempt: Attempt, fresh: boolean) => Flight;

/**
 * One attempt at a backend: takes the answer from an engine, gives it to the client at the client's pace and ends in
 * exactly one outcome, whoever fails first. The response head is the commit point: a failure before it leaves the
 * response untouched, a failure after it breaks the client's connection, so that a cut body never looks whole.
 */
export class Attempt implements ResponseSink {
  readonly exchange: Exchange;
  readonly lease: Lease;
  /** Its place in the forwarder's list. */
  place = 0;
  readonly #options: AttemptOptions;
  readonly #resolve: (outcome: Outcome) => void;
  readonly #watch: Watch;
  #stopWaiting: (() => void) | undefined;
  #launch: Launch | undefined;
  #launchedTwice = false;
  #flight: Flight | undefined;
  #phase: Phase = 'connecting';
  #settled = false;
  #status = 0;
  #responseTime = -1;
  #interim = 0;
  #look: Look | undefined;
  readonly #delivery: Delivery;

  constructor(exchange: Exchange, lease: Lease, options: AttemptOptions, resolve: (outcome: Outcome) => void) {
    this.exchange = exchange;
    this.lease = lease;
    this.#options = options;
    this.#resolve = resolve;
    this.#delivery = new Delivery(exchange.response, () => this.#onDrain());
    this.#watch = new Watch(options.timeouts, options.clock, (kind) => this.#onTimeout(kind));
  }

  start(launch: Launch): void {
    const { request, response } = this.exchange;
    if (response.destroyed || response.closed || request.socket.destroyed) {
      this.#settle({ kind: 'aborted' });
      return;
    }
    this.#stopWaiting = whenClosed(response, this.#onClose);
    this.#launch = launch;
    this.#takeOff(false);
  }

  #takeOff(fresh: boolean): void {
    try {
      this.#flight = this.#launch?.(this, fresh);
    } catch (thrown) {
      this.#fail(thrown instanceof FairleadError ? thrown : engineFailure(thrown));
    }
    // An engine may fail before it has returned, or have a connection that stands.
    if (this.#settled) this.#flight?.abort();
    else if (this.#phase === 'connecting') this.#watch.enter('connect');
  }

  /**
   * The connection was closed while it lay idle, and the request sent into the void: it goes out once more, on a fresh
   * one, and nobody is to blame. Unless the backend may have carried it out and must not do so twice.
   */
  #launchedAgain(): boolean {
    const idempotent = isIdempotent(this.exchange.request.method);
    if (this.#settled || this.#launchedTwice || this.#phase === 'answering' || !idempotent) return false;
    this.#launchedTwice = true;
    this.#phase = 'connecting';
    this.#takeOff(true);
    return true;
  }

  connected(): void {
    if (this.#settled || this.#phase !== 'connecting') return;
    this.#phase = 'waiting';
    this.#watch.enter('headers');
  }

  sent(): void {
    this.#watch.refresh();
  }

  informational(status: number, headers: HeaderList): void {
    if (this.#settled || this.#phase === 'answering') return;
    if (++this.#interim > MAX_INTERIM) this.fail(new ProtocolError('too many interim answers'));
    else writeInterim(this.exchange.response, status, headers);
  }

  head(status: number, reason: string, headers: readonly string[]): void {
    if (this.#settled) return;
    this.#status = status;
    this.#responseTime = this.#options.clock.now() - this.lease.since;
    try {
      this.#delivery.head({ status, reason, headers }, this.#options.edits);
      this.#look = this.#options.look?.({ status, headers });
    } catch (thrown) {
      this.#fail(notPassable(thrown, this.lease.backend));
      return;
    }
    this.#phase = 'answering';
    this.#watch.enter('idle');
  }

  data(chunk: Buffer): boolean {
    if (this.#settled || this.#delivery.ended) return true;
    this.#watch.refresh();
    if (this.#look?.(chunk) === false) this.#look = undefined;
    return this.#delivery.write(chunk);
  }

  end(trailers: HeaderList): void {
    if (this.#settled || this.#delivery.ended) return;
    try {
      this.#delivery.end(trailers);
    } catch (thrown) {
      this.fail(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }

  fail(cause: Error, stale = false): void {
    if (stale && this.#launchedAgain()) return;
    // A request that went out once may have been carried out, and with it the backend may have died: that it cannot be
    // reached any more does not make it free for the next one.
    const phase = this.#launchedTwice && this.#phase === 'connecting' ? 'waiting' : this.#phase;
    this.#fail(failure(cause, phase, this.lease.backend));
  }

  /** The protocol is switched: from here on bytes only pass through, until `done` is called. */
  switched(headers: HeaderList, tunnel: (lines: readonly string[], done: () => void) => void): void {
    if (this.#settled) return;
    const refusal = this.#options.refusesTunnels();
    if (refusal !== undefined) {
      this.#fail(refusal);
      return;
    }
    this.connected();
    this.#status = 101;
    this.#responseTime = this.#options.clock.now() - this.lease.since;
    this.#phase = 'answering';
    this.#stopWaiting?.();
    this.#watch.enterTunnel();
    this.lease.upgraded();
    const { pin, added } = this.#options.edits;
    tunnel([...pin({ status: 101, headers }), ...added], () => this.#settle({ kind: 'answered' }));
  }

  /** One side of the tunnel has ended: the other may take what is left for it, but not for ever. */
  tunnelEnds(): void {
    if (!this.#settled) this.#watch.enter('idle');
  }

  get tunnelling(): boolean {
    return this.#status === 101;
  }

  /** Ends it now, from our side: the balancer is closing. */
  cut(error: FairleadError): void {
    if (this.tunnelling) this.#endTunnel();
    else this.#fail(error);
  }

  #onDrain(): void {
    this.#watch.refresh();
    this.#flight?.resume();
  }

  /** The last word on a response, after its end as after a broken connection. */
  readonly #onClose = (): void => {
    if (this.exchange.response.writableFinished && this.#delivery.ended) this.#settle({ kind: 'answered' });
    else this.#settle({ kind: 'aborted' });
  };

  #onTimeout(kind: TimeoutKind): void {
    const { request, response } = this.exchange;
    if (this.tunnelling) {
      this.#endTunnel();
      return;
    }
    if ((kind === 'idle' || kind === 'total') && this.#delivery.waitsForClient) {
      // The backend has done its part: it is the client that does not read.
      this.#settle({ kind: 'aborted' });
      response.destroy();
      return;
    }
    const unanswered = this.#phase !== 'answering';
    const awaitingBody = unanswered && announcesBody(request) && !request.complete && !request.isPaused();
    const code = awaitingBody ? 'FAIRLEAD_REQUEST_BODY' : timeoutCode(kind);
    const limit = this.#options.timeouts[kind];
    this.#fail(new FairleadError(code, `backend ${this.lease.backend.id}: no progress within ${limit} ms (${kind})`));
  }

  /** Nobody's failure: an upgraded socket has no end of its own. */
  #endTunnel(): void {
    this.#flight?.abort();
    this.#settle({ kind: 'answered' });
    breakOff(this.exchange);
  }

  #fail(error: FairleadError): void {
    if (this.#settled) return;
    const committed = this.#phase === 'answering';
    this.#settle({ kind: 'failed', error, committed });
    if (committed) breakOff(this.exchange);
  }

  #settle(end: Ending): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#watch.stop();
    this.#stopWaiting?.();
    this.#delivery.stop();
    // Also after a whole answer: one that came before the request was through leaves the rest of it unsent.
    const { request } = this.exchange;
    if (end.kind !== 'answered' || (announcesBody(request) && !request.complete)) this.#flight?.abort();
    const duration = this.#options.clock.now() - this.lease.since;
    this.#resolve(outcomeOf(end, this.#status, this.#responseTime, duration));
  }
}
