import type { AdminState, BackendRecord } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import { Deadline } from '../core/deadline.js';
import type { DrainReport } from '../core/drain-report.js';
import { FairleadError } from '../core/errors.js';
import type { Lease, Stage } from '../core/lease.js';
import type { Pool } from '../core/pool.js';
import type { Forwarder } from '../forward/forwarder.js';
import { type DrainTerms, TIMEOUT } from './drain-terms.js';

interface Surroundings {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly forwarder: Forwarder;
  /** Whether clients can be pinned: they may come back at any time, and have until the deadline. */
  readonly pins: boolean;
  /** Changes a state, and tells of it. */
  readonly setState: (backend: BackendRecord, state: AdminState) => void;
  /** A drain that was to end in that has ended: the backend leaves. */
  readonly leave: (backend: BackendRecord) => void;
}

/** One drain under way. */
interface Drain {
  readonly report: Promise<DrainReport>;
  readonly resolve: (report: DrainReport) => void;
  readonly deadline: Deadline;
  /** Answers that were on their way when it began. */
  readonly streams: Set<Lease>;
  readonly counts: Record<Stage, { ended: number; cut: number }>;
  /** What the backend was before it was to leave; undefined while it is to stay. */
  leavesAs: AdminState | undefined;
  /** Whether somebody asked for a drain, beside whoever asked for its removal. */
  wanted: boolean;
}

/** Backends on their way to having nothing under way. Hears of leases; without a drain that costs nothing. */
export class Draining {
  readonly #surroundings: Surroundings;
  readonly #drains = new Map<BackendRecord, Drain>();
  #closing = false;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Takes no new clients there from now on, and resolves once nothing is under way. Joins a drain that runs. */
  drain(backend: BackendRecord, terms: DrainTerms): Promise<DrainReport> {
    const drain = this.#drains.get(backend) ?? this.#begin(backend, undefined);
    drain.wanted = true;
    return this.#hasten(backend, drain, terms);
  }

  /** The same, and then it leaves. */
  remove(backend: BackendRecord, terms: DrainTerms): Promise<DrainReport> {
    const drain = this.#drains.get(backend) ?? this.#begin(backend, backend.state);
    drain.leavesAs ??= 'drain';
    return this.#hasten(backend, drain, terms);
  }

  isLeaving(backend: BackendRecord): boolean {
    return this.#drains.get(backend)?.leavesAs !== undefined;
  }

  /** It is declared again: it stays, and if nobody asked for a drain it is what it was. */
  stay(backend: BackendRecord): void {
    const drain = this.#drains.get(backend);
    if (drain?.leavesAs === undefined) return;
    const { leavesAs } = drain;
    drain.leavesAs = undefined;
    if (drain.wanted) return;
    this.#end(backend, drain, true);
    if (backend.state === 'drain') this.#surroundings.setState(backend, leavesAs);
  }

  released(backend: BackendRecord, lease: Lease): void {
    if (this.#drains.size === 0) return;
    const drain = this.#drains.get(backend);
    if (drain === undefined) return;
    const { counts, streams } = drain;
    if (lease.cut !== undefined) counts[lease.cut].cut++;
    else if (lease.isUpgraded) counts.upgrades.ended++;
    else counts[streams.has(lease) ? 'streams' : 'requests'].ended++;
    streams.delete(lease);
    this.#look(backend, drain);
  }

  /** Its operator has changed its state. */
  stateChanged(backend: BackendRecord): void {
    const drain = this.#drains.get(backend);
    if (drain === undefined) return;
    if (backend.state === 'ready') this.#end(backend, drain, true);
    else this.#look(backend, drain);
  }

  /** Nobody comes any more: what runs is over as soon as nothing is under way. */
  close(): void {
    this.#closing = true;
    for (const [backend, drain] of [...this.#drains]) this.#look(backend, drain);
  }

  #begin(backend: BackendRecord, leavesAs: AdminState | undefined): Drain {
    const { clock, forwarder, setState } = this.#surroundings;
    if (backend.state === 'ready') setState(backend, 'drain');
    // Who listens to that may have been quicker, and has seen a backend that drains already: not what it was before.
    const known = this.#drains.get(backend);
    if (known !== undefined) {
      known.leavesAs = leavesAs ?? known.leavesAs;
      return known;
    }
    const { promise: report, resolve } = withResolver();
    const streams = forwarder.underWay(backend).map(({ lease }) => lease);
    const drain: Drain = {
      report,
      resolve,
      deadline: new Deadline(clock, () => this.#over(backend, drain)),
      streams: new Set(streams.filter(({ stage }) => stage === 'streams')),
      counts: { requests: { ended: 0, cut: 0 }, streams: { ended: 0, cut: 0 }, upgrades: { ended: 0, cut: 0 } },
      leavesAs,
      wanted: false,
    };
    this.#drains.set(backend, drain);
    return drain;
  }

  #hasten(backend: BackendRecord, drain: Drain, { timeout, upgrades }: DrainTerms): Promise<DrainReport> {
    const { forwarder } = this.#surroundings;
    if (backend.state === 'ready') this.#end(backend, drain, true);
    if (this.#drains.get(backend) !== drain) return drain.report;
    if (upgrades === 'close') forwarder.endTunnels(forwarder.underWay(backend), cutShort(backend));
    drain.deadline.within(timeout, TIMEOUT);
    this.#look(backend, drain);
    return drain.report;
  }

  #over(backend: BackendRecord, drain: Drain): void {
    const { pool, forwarder } = this.#surroundings;
    pool.endPins(backend);
    forwarder.cut(forwarder.underWay(backend), cutShort(backend));
    this.#look(backend, drain);
  }

  /** Whether it is over. */
  #look(backend: BackendRecord, drain: Drain): void {
    if (backend.active > 0 || this.#drains.get(backend) !== drain) return;
    const pinned = this.#surroundings.pins && backend.state === 'drain' && backend.presence === 'member';
    if (!pinned || this.#closing) this.#end(backend, drain, false);
  }

  #end(backend: BackendRecord, drain: Drain, calledOff: boolean): void {
    const { pool, leave } = this.#surroundings;
    this.#drains.delete(backend);
    drain.deadline.cancel();
    if (!calledOff) pool.endPins(backend);
    if (!calledOff && drain.leavesAs !== undefined) leave(backend);
    drain.resolve({ ...drain.counts, ...(calledOff && { calledOff }) });
  }
}

function cutShort({ id }: BackendRecord): FairleadError {
  return new FairleadError('FAIRLEAD_CLOSING', `backend ${id} has been drained`);
}

/** As `Promise.withResolvers`, which Node 20 has not. */
function withResolver(): { promise: Promise<DrainReport>; resolve: (report: DrainReport) => void } {
  let resolve: (report: DrainReport) => void = () => {};
  const promise = new Promise<DrainReport>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
