import type { Look } from '../core/affinity.js';
import { abortFlight, type Flight } from '../core/engine.js';
import { FairleadError } from '../core/errors.js';
import type { Lease } from '../core/lease.js';
import { type Ending, type Outcome, outcomeOf } from '../core/outcome.js';
import type { Recipient } from '../core/recipient.js';
import type { HeaderList } from '../util/header-list.js';
import type { Errand, Terms } from './errand.js';
import { engineFailure, failure, notPassable, type Phase, ProtocolError, timedOut } from './failure.js';
import type { AttemptGround, Launchable } from './ground.js';
import { DroppedAnswer } from './response/dropped.js';
import type { ResponseEdits } from './response/head.js';
import { MAX_INTERIM } from './response/interim.js';
import { type TimeoutKind, Watch } from './timeouts.js';
import type { Tunnel, TunnelOpener } from './upstream/tunnel.js';

/**
 * One attempt at a backend: takes the answer from an engine, gives it to the client at the client's pace and ends in
 * exactly one outcome, whoever fails first. The response head is the commit point: a failure before it leaves the
 * response untouched, a failure after it breaks the client's connection, so that a cut body never looks whole.
 */
export class Attempt implements Launchable {
  readonly errand: Errand;
  readonly lease: Lease;
  readonly terms: Terms;
  readonly watch: Watch;
  /** Its place in the forwarder's list. */
  place = 0;
  readonly #ground: AttemptGround;
  readonly #resolve: (outcome: Outcome) => void;
  readonly #edits: ResponseEdits;
  #stopWaiting: (() => void) | undefined;
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

  /** @param resolve told of how it ended, last of all */
  constructor(errand: Errand, lease: Lease, terms: Terms, ground: AttemptGround, resolve: (outcome: Outcome) => void) {
    this.errand = errand;
    this.lease = lease;
    this.terms = terms;
    this.#ground = ground;
    this.#resolve = resolve;
    this.#edits = ground.edits(this);
    const onDrain = (): void => {
      if (!this.#settled) this.watch.refresh(ground.clock.now());
      this.#flight?.resume();
    };
    this.#delivery = errand.recipient(lease.backend, this.#edits, onDrain);
    this.watch = new Watch(ground.timeouts, ground.alarm, lease.since, errand.deadline);
  }

  start(): void {
    if (this.#delivery.gone) {
      this.#settle({ kind: 'aborted' });
      return;
    }
    this.#stopWaiting = this.#delivery.whenClosed(this.#onClose);
    this.#takeOff(false, this.lease.since);
  }

  #takeOff(fresh: boolean, now: number): void {
    this.watch.enter('connect', now);
    try {
      this.#flight = this.#ground.launch(this, fresh);
    } catch (thrown) {
      this.#fail(thrown instanceof FairleadError ? thrown : engineFailure(thrown));
    }
    // An engine may fail before it has returned.
    if (this.#settled) this.#flight?.abort();
  }

  /**
   * The connection was closed while it lay idle, and the request sent into the void: it goes out once more, on a fresh
   * one, and nobody is to blame. Unless the backend may have carried it out and must not do so twice.
   */
  #launchedAgain(): boolean {
    if (this.#settled || this.#launchedTwice || this.#phase === 'answering' || !this.errand.mayGoTwice) return false;
    // It gives the body up, for the next flight to read.
    this.#flight?.abort();
    this.#launchedTwice = true;
    this.#phase = 'connecting';
    this.#takeOff(true, this.#ground.clock.now());
    return true;
  }

  connected(): void {
    if (this.#settled || this.#phase !== 'connecting') return;
    this.#phase = 'waiting';
    this.lease.carriedIn(this.errand.bytesAtHand);
    // Most connections stand already, and before the launch is through no time has passed.
    this.watch.enter('headers', this.#flight === undefined ? this.lease.since : this.#ground.clock.now());
  }

  sent(bytes: number): void {
    this.lease.carriedIn(bytes);
    if (!this.#settled) this.watch.sent(this.#ground.clock.now());
  }

  received(bytes: number): void {
    this.lease.carriedOut(bytes);
    if (!this.#settled) this.watch.sent(this.#ground.clock.now());
  }

  informational(status: number, headers: HeaderList): void {
    if (this.#settled || this.#phase === 'answering') return;
    if (++this.#interim > MAX_INTERIM) this.fail(new ProtocolError('too many interim answers'));
    else this.#delivery.informational(status, headers);
  }

  head(status: number, reason: string, headers: readonly string[]): void {
    if (this.#settled) return;
    this.#status = status;
    const now = this.#ground.clock.now();
    this.#responseTime = now - this.lease.since;
    if (this.terms.takes?.(status, headers) === false) {
      this.#settle({ kind: 'answered' });
      this.#dropped = DroppedAnswer.of(this.#flight, this.errand, this.#ground.clock);
      return;
    }
    this.errand.committed();
    try {
      this.#delivery.head({ status, reason, headers }, this.#ground.closing !== undefined);
      this.#look = this.terms.look?.({ status, headers });
    } catch (thrown) {
      this.#fail(notPassable(thrown, this.lease.backend));
      return;
    }
    this.#phase = 'answering';
    this.lease.answered(status);
    this.watch.enter('idle', now);
  }

  data(chunk: Buffer): boolean {
    this.#dropped?.data(chunk);
    if (this.#settled || this.#delivery.ended) return true;
    this.watch.refresh(this.#ground.clock.now());
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

  switched(headers: HeaderList, open: TunnelOpener): void {
    if (this.#settled) return;
    const refusal = this.#ground.closing;
    if (refusal !== undefined) {
      this.#fail(refusal);
      return;
    }
    this.connected();
    this.#status = 101;
    this.#responseTime = this.#ground.clock.now() - this.lease.since;
    const { pin, added, map } = this.#edits;
    const lines = [...pin({ status: 101, headers }), ...added];
    this.#phase = 'answering';
    this.#stopWaiting?.();
    this.watch.enterTunnel(this.#ground.clock.now());
    this.lease.upgraded();
    this.tunnel = open(lines, () => this.#settle({ kind: 'answered' }), map);
  }

  /** One side of the tunnel has ended: the other may take what is left for it, but not for ever. */
  tunnelEnds(): void {
    if (!this.#settled) this.watch.enter('idle', this.#ground.clock.now());
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
    this.tunnel?.cut(this.#ground.clock);
  }

  readonly #onClose = (): void => {
    this.#settle({ kind: this.#delivery.finished ? 'answered' : 'aborted' });
  };

  timedOut(kind: TimeoutKind): void {
    if (this.#settled) return;
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
    const slowClient = this.#phase !== 'answering' && this.errand.awaitsClient;
    if (slowClient && kind === 'perTry') this.watch.tryAnew(this.#ground.clock.now());
    else this.#fail(timedOut(kind, this.#ground.timeouts, this.lease.backend, slowClient ? 'body' : this.#phase));
  }

  #fail(error: FairleadError): void {
    if (this.#settled) return;
    this.#settle({ kind: 'failed', error, committed: this.#phase === 'answering' });
    if (this.#phase === 'answering') this.#delivery.breakOff();
  }

  #settle(end: Ending): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#stopWaiting?.();
    this.#delivery.stop();
    // Also after a whole answer: one that came before the request was through leaves the rest of it unsent.
    if (end.kind !== 'answered' || this.errand.incomplete) abortFlight(this.#flight);
    const duration = this.#ground.clock.now() - this.lease.since;
    const outcome = outcomeOf(end, this.#status, this.#responseTime, duration, this.lease);
    this.#ground.ended(this, outcome);
    this.#resolve(outcome);
  }
}
