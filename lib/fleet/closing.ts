import type { Clock } from '../core/clock.js';
import { Deadline } from '../core/deadline.js';
import type { DrainReport } from '../core/drain-report.js';
import { FairleadError } from '../core/errors.js';
import type { Lease, Stage } from '../core/lease.js';
import type { Forwarder } from '../forward/forwarder.js';
import type { Mirror } from '../shaping/mirroring/mirror.js';
import { type DrainTerms, TIMEOUT } from './drain-terms.js';

/** Counts requests in and out, and ends a balancer once none is left, or what was left has been cut. */
export class Closing {
  readonly #forwarder: Forwarder;
  readonly #mirror: Mirror | undefined;
  readonly #deadline: Deadline;
  #refusal: FairleadError | undefined;
  #report: Promise<DrainReport> | undefined;
  #inFlight = 0;
  #onIdle: (() => void) | undefined;
  /** Answers that were on their way when this began. */
  #streams: ReadonlySet<Lease> = new Set();
  #cut: Record<Stage, number> = { requests: 0, streams: 0, upgrades: 0 };
  /** Of the streams that were cut, those that were none when this began. */
  #cutLateStreams = 0;

  constructor(forwarder: Forwarder, mirror: Mirror | undefined, clock: Clock) {
    this.#forwarder = forwarder;
    this.#mirror = mirror;
    this.#deadline = new Deadline(clock, () => this.#over());
  }

  /** What whoever comes now is told; undefined while the balancer is open. */
  get refusal(): FairleadError | undefined {
    return this.#refusal;
  }

  /** A request has come. */
  enter(): void {
    this.#inFlight++;
  }

  /** It has ended. */
  exit(): void {
    this.#inFlight--;
    if (this.#inFlight === 0) this.#onIdle?.();
  }

  /**
   * Resolves when nothing is under way and the connections to the backends are closed. A further call joins the first; it
   * can bring the deadline forward.
   *
   * @param stop ends what else runs; called once
   */
  begin({ timeout, upgrades }: DrainTerms, stop: (refusal: FairleadError) => void): Promise<DrainReport> {
    const first = this.#report === undefined;
    this.#refusal ??= new FairleadError('FAIRLEAD_CLOSING', 'the load balancer is closing');
    this.#report ??= this.#end(stop, this.#refusal);
    // Clients of tunnels do not leave by themselves: those that are told now can be with another instance in time.
    if (upgrades === 'close' || (first && upgrades === undefined)) {
      this.#forwarder.endTunnels(this.#forwarder.underWay(), this.#refusal);
    }
    this.#deadline.within(timeout, TIMEOUT);
    return this.#report;
  }

  async #end(stop: (refusal: FairleadError) => void, refusal: FairleadError): Promise<DrainReport> {
    this.#forwarder.beginClosing(refusal);
    stop(refusal);
    const leases = this.#forwarder.underWay().map(({ lease }) => lease);
    const tunnels = leases.filter(({ stage }) => stage === 'upgrades');
    this.#streams = new Set(leases.filter(({ stage }) => stage === 'streams'));
    const requests = this.#inFlight - tunnels.length - this.#streams.size;
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    this.#deadline.cancel();
    // Copies end first: an engine of the user's own carries them too, and may wait for what it carries.
    await Promise.all([this.#mirror?.close(), this.#forwarder.close()]);
    const cut = { ...this.#cut, upgrades: tunnels.filter((lease) => lease.cut !== undefined).length };
    const streamsCut = cut.streams - this.#cutLateStreams;
    return {
      requests: { ended: requests - cut.requests - this.#cutLateStreams, cut: cut.requests },
      streams: { ended: this.#streams.size - streamsCut, cut: cut.streams },
      upgrades: { ended: tunnels.length - cut.upgrades, cut: cut.upgrades },
    };
  }

  #over(): void {
    const leases = this.#forwarder.underWay().map(({ lease }) => lease);
    const streams = leases.filter(({ stage }) => stage === 'streams');
    const upgrades = leases.filter(({ stage }) => stage === 'upgrades').length;
    // Also those that are between two attempts at this moment.
    const requests = this.#inFlight - streams.length - upgrades;
    this.#cut = { requests, streams: streams.length, upgrades };
    this.#cutLateStreams = streams.filter((lease) => !this.#streams.has(lease)).length;
    if (this.#refusal !== undefined) this.#forwarder.cutAll(this.#refusal);
  }
}
