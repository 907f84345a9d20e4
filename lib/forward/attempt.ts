import type { Look } from '../core/affinity.js';
import { abortFlight, type Flight, type ResponseSink } from '../core/engine.js';
import { FairleadError } from '../core/errors.js';
import type { Exchange } from '../core/exchange.js';
import type { Lease } from '../core/lease.js';
import { type Ending, type Outcome, outcomeOf } from '../core/outcome.js';
import type { Recipient } from '../core/recipient.js';
import type { HeaderList } from '../util/header-list.js';
import type { AttemptOptions, Errand } from './errand.js';
import { engineFailure, failure, notPassable, type Phase, ProtocolError, timedOut } from './failure.js';
import { Delivery } from './response/delivery.js';
import { DroppedAnswer } from './response/dropped.js';
import { MAX_INTERIM } from './response/interim.js';
import { type TimeoutKind, Watch } from './timeouts.js';
import type { Tunnel, TunnelOpener } from './upstream/tunnel.js';

/**
 * One attempt at a backend: takes the answer from an engine, gives it to the client at the client's pace and ends in
 * exactly one outcome, whoever fails first. The response head is the commit point: a failure before it leaves the
 * response untouched, a failure after it breaks the client's connection, so that a cut body never looks whole.
 */
export class Attempt implements ResponseSink {
  readonly exchange: Exchange;
  readonly #errand: Errand;
  readonly lease: Lease;
  /** Its place in the forwarder's list. */
  place = 0;
  readonly #options: AttemptOptions;
  readonly #resolve: (outcome: Outcome) => void;
  readonly #watch: Watch;
  #stopWaiting: (() => void) | undefined;
  #launch: ((attempt: Attempt, fresh: boolean) => Flight) | undefined;
  #launchedTwice = false;
  #flight: Flight | undefined;
  #phase: Phase = 'connecting';
  #settled = false;
  #status = 0;
  #responseTime = -1;
  #interim = 0;
  #look: Look | undefined;
  #dropped: DroppedAnswer | undefined;
  tunnel: Tunnel | undefined;
  readonly #delivery: Recipient;

  constructor(errand: Errand, lease: Lease, options: AttemptOptions, resolve: (outcome: Outcome) => void) {
    this.exchange = errand.exchange;
    this.#errand = errand;
    this.lease = lease;
    this.#options = options;
    this.#resolve = resolve;
    const onDrain = (): void => {
      this.#watch.refresh();
      this.#flight?.resume();
    };
    this.#delivery =
      errand.audience?.recipient(lease.backend, onDrain) ?? new Delivery(errand.exchange, options.edits, onDrain);
    this.#watch = new Watch(options.timeouts, options.clock, (kind) => this.#onTimeout(kind), errand.deadline);
  }

  /** @param launch starts the exchange, on a fresh connection where asked to; what it throws is the attempt's failure */
  start(launch: (attempt: Attempt, fresh: boolean) => Flight): void {
    if (this.#delivery.gone) {
      this.#settle({ kind: 'aborted' });
      return;
    }
    this.#stopWaiting = this.#delivery.whenClosed(this.#onClose);
    this.#launch = launch;
    // The backend has just been taken.
    this.#takeOff(false, this.lease.since);
  }

  #takeOff(fresh: boolean, since?: number): void {
    try {
      this.#flight = this.#launch?.(this, fresh);
    } catch (thrown) {
      this.#fail(thrown instanceof FairleadError ? thrown : engineFailure(thrown));
    }
    // An engine may fail before it has returned, or have a connection that stands.
    if (this.#settled) this.#flight?.abort();
    else if (this.#phase === 'connecting') this.#watch.enter('connect', since);
  }

  /**
   * The connection was closed while it lay idle, and the request sent into the void: it goes out once more, on a fresh
   * one, and nobody is to blame. Unless the backend may have carried it out and must not do so twice.
   */
  #launchedAgain(): boolean {
    if (this.#settled || this.#launchedTwice || this.#phase === 'answering' || !this.#errand.mayGoTwice) return false;
    // It gives the body up, for the next flight to read.
    this.#flight?.abort();
    this.#launchedTwice = true;
    this.#phase = 'connecting';
    this.#takeOff(true);
    return true;
  }

  connected(): void {
    if (this.#settled || this.#phase !== 'connecting') return;
    this.#phase = 'waiting';
    this.lease.carriedIn(this.#errand.bytesAtHand);
    this.#watch.enter('headers');
  }

  sent(bytes: number): void {
    this.lease.carriedIn(bytes);
    this.#watch.sent();
  }

  received(bytes: number): void {
    this.lease.carriedOut(bytes);
    this.#watch.sent();
  }

  informational(status: number, headers: HeaderList): void {
    if (this.#settled || this.#phase === 'answering') return;
    if (++this.#interim > MAX_INTERIM) this.fail(new ProtocolError('too many interim answers'));
    else this.#delivery.informational(status, headers);
  }

  head(status: number, reason: string, headers: readonly string[]): void {
    if (this.#settled) return;
    this.#status = status;
    const now = this.#options.clock.now();
    this.#responseTime = now - this.lease.since;
    if (this.#options.takes?.(status, headers) === false) {
      this.#settle({ kind: 'answered' });
      this.#dropped = DroppedAnswer.of(this.#flight, this.#errand, this.#options.clock);
      return;
    }
    this.#errand.committed();
    try {
      this.#delivery.head({ status, reason, headers }, this.#options.closing() !== undefined);
      this.#look = this.#options.look?.({ status, headers });
    } catch (thrown) {
      this.#fail(notPassable(thrown, this.lease.backend));
      return;
    }
    this.#phase = 'answering';
    this.lease.answered(status);
    this.#watch.enter('idle', now);
  }

  data(chunk: Buffer): boolean {
    this.#dropped?.data(chunk);
    if (this.#settled || this.#delivery.ended) return true;
    this.#watch.refresh();
    this.lease.carriedOut(chunk.length);
    if (this.#look?.(chunk) === false) this.#look = undefined;
    return this.#delivery.write(chunk);
  }

  end(trailers: HeaderList): void {
    this.#dropped?.end();
    if (this.#settled || this.#delivery.ended) return;
    try {
      this.#delivery.end(trailers);
    } catch (thrown) {
      this.#fail(failure(thrown, this.#phase, this.lease.backend));
    }
  }

  fail(cause: Error, stale = false): void {
    this.#dropped?.end();
    // What comes behind a whole answer is no reason to break off what the client has yet to read of it.
    if (this.#delivery.ended || (stale && this.#launchedAgain())) return;
    // What went out once may have been carried out: that its backend is gone now does not make it free for the next one.
    const phase = this.#launchedTwice && this.#phase === 'connecting' ? 'waiting' : this.#phase;
    this.#fail(failure(cause, phase, this.lease.backend));
  }

  /** The protocol is switched: from here on bytes only pass through, until `done` is called. @throws where pins do */
  switched(headers: HeaderList, open: TunnelOpener): void {
    if (this.#settled) return;
    const refusal = this.#options.closing();
    if (refusal !== undefined) {
      this.#fail(refusal);
      return;
    }
    this.connected();
    this.#status = 101;
    this.#responseTime = this.#options.clock.now() - this.lease.since;
    const { pin, added, map } = this.#options.edits;
    const lines = [...pin({ status: 101, headers }), ...added];
    this.#phase = 'answering';
    this.#stopWaiting?.();
    this.#watch.enterTunnel();
    this.lease.upgraded();
    this.tunnel = open(lines, () => this.#settle({ kind: 'answered' }), map);
  }

  /** One side of the tunnel has ended: the other may take what is left for it, but not for ever. */
  tunnelEnds(): void {
    if (!this.#settled) this.#watch.enter('idle');
  }

  /** Another attempt has answered the client: what this one brings is of no use. Nobody's failure. */
  abandon(): void {
    this.#settle({ kind: 'aborted' });
  }

  /** Ends it now, from our side: the balancer is closing, or the backend is to be rid of it. */
  cut(error: FairleadError): void {
    if (this.#settled) return;
    this.lease.cutShort();
    // Of a tunnel it is nobody's failure: it has no end of its own.
    if (this.tunnel === undefined) this.#fail(error);
    else this.#settle({ kind: 'answered' });
    this.tunnel?.cut(this.#options.clock);
  }

  /** The last word on a response, after its end as after a broken connection. */
  readonly #onClose = (): void => {
    this.#settle({ kind: this.#delivery.finished ? 'answered' : 'aborted' });
  };

  #onTimeout(kind: TimeoutKind): void {
    if (this.tunnel !== undefined) {
      this.#settle({ kind: 'answered' });
      this.tunnel.destroy();
      return;
    }
    if ((kind === 'idle' || kind === 'total') && this.#delivery.waitsForClient) {
      // The backend has done its part: it is the client that does not read.
      this.#settle({ kind: 'aborted' });
      this.#delivery.breakOff();
      return;
    }
    const slowClient = this.#phase !== 'answering' && this.#errand.awaitsClient;
    if (slowClient && kind === 'perTry') this.#watch.tryAnew();
    else this.#fail(timedOut(kind, this.#options.timeouts, this.lease.backend, slowClient ? 'body' : this.#phase));
  }

  #fail(error: FairleadError): void {
    if (this.#settled) return;
    this.#settle({ kind: 'failed', error, committed: this.#phase === 'answering' });
    if (this.#phase === 'answering') this.#delivery.breakOff();
  }

  #settle(end: Ending): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#watch.stop();
    this.#stopWaiting?.();
    this.#delivery.stop();
    // Also after a whole answer: one that came before the request was through leaves the rest of it unsent.
    if (end.kind !== 'answered' || this.#errand.incomplete) abortFlight(this.#flight);
    const duration = this.#options.clock.now() - this.lease.since;
    this.#resolve(outcomeOf(end, this.#status, this.#responseTime, duration, this.lease));
  }
}
