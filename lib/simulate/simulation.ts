import type { Backend } from '../core/backend.js';
import { type Lease, Leases } from '../core/lease.js';
import type { Random } from '../core/random.js';
import type { Strategy, StrategyEnvironment } from '../core/strategy.js';
import { BackendModel } from './backend-model.js';
import { Contexts } from './contexts.js';
import { Ending, outcomeFor } from './ending.js';
import { EventQueue } from './event-queue.js';
import { linksFor } from './fifo.js';
import type { Scenario } from './plan.js';
import { Records } from './records.js';
import { type Change, timelineOf } from './timeline.js';
import { VirtualClock } from './virtual-clock.js';
import type { Workload } from './workload.js';

/** How long it takes to learn that a connection is refused, in ms. */
const REFUSAL = 1;

/** What an event is about; the rest of its payload is a number of that kind. */
const REQUEST = 0;
const CHANGE = 1;
const TIMER = 2;

/** Where a request is that has not ended. */
const OUTSIDE = 0;
const QUEUED = 1;
const RUNNING = 2;

export interface SimulationOptions {
  readonly scenario: Pick<Scenario, 'backends' | 'detection' | 'timeout'>;
  readonly workload: Workload;
  readonly random: Random;
  create(environment: StrategyEnvironment): Strategy;
  /** Called whenever the candidates are others than before, with those before and those from now on. */
  onMembership?(before: readonly Backend[], after: readonly Backend[]): void;
}

/** One strategy's run through one scenario: requests in, events in order of time, {@link Records} out. */
export class Simulation {
  readonly backends: readonly BackendModel[];
  readonly records: Records;
  /** Requests that have a backend and have not ended. */
  inFlight = 0;
  arrived = 0;
  ended = 0;
  /** The most requests ever in flight. */
  peak = 0;
  readonly #options: SimulationOptions;
  readonly #strategy: Strategy;
  readonly #queue = new EventQueue();
  readonly #clock: VirtualClock;
  readonly #timeline: readonly Change[];
  readonly #models: ReadonlyMap<Backend, BackendModel>;
  readonly #contexts: Contexts;
  readonly #leases: Leases;
  /** By number of the request: its lease, the stamp of the one event that still counts, where it is, how it will end. */
  readonly #held: (Lease | undefined)[];
  readonly #stamps: Float64Array;
  readonly #place: Uint8Array;
  readonly #fate: Uint8Array;
  /** The same array until membership changes, as the pool promises strategies. */
  #candidates: readonly Backend[];
  /** No request before this one is in flight. */
  #oldest = 0;

  constructor(options: SimulationOptions) {
    const { scenario, workload, random } = options;
    const requests = workload.at.length;
    const links = linksFor(requests);
    this.#options = options;
    this.backends = scenario.backends.map((plan, i) => new BackendModel(plan, i, links));
    this.#models = new Map(this.backends.map((model) => [model.record, model]));
    this.#candidates = this.backends.map(({ record }) => record);
    this.records = new Records(requests, workload.at[requests - 1] ?? 0);
    this.#contexts = new Contexts(workload.keys);
    this.#clock = new VirtualClock({ push: (time, timer) => this.#queue.push(time, (timer << 2) | TIMER) });
    this.#strategy = options.create({ clock: this.#clock, random });
    this.#leases = new Leases(this.#clock, (backend, outcome) => this.#strategy.onRelease?.(backend, outcome));
    this.#held = new Array<Lease | undefined>(requests).fill(undefined);
    this.#stamps = new Float64Array(requests);
    this.#place = new Uint8Array(requests);
    this.#fate = new Uint8Array(requests);
    this.#timeline = timelineOf(scenario.backends, scenario.detection);
    for (const [i, { at }] of this.#timeline.entries()) this.#queue.push(at, (i << 2) | CHANGE);
  }

  /** Plays on until every request has ended, or until this moment of virtual time. */
  run(until = Number.POSITIVE_INFINITY): void {
    const { at } = this.#options.workload;
    while (this.ended < at.length) {
      const arrival = this.arrived < at.length ? (at[this.arrived] as number) : Number.POSITIVE_INFINITY;
      const event = this.#queue.next;
      if (Math.min(arrival, event) > until) return;
      if (arrival < event) {
        this.#clock.moveTo(arrival);
        this.#arrive(this.arrived++);
      } else this.#handle(this.#queue.pop());
    }
  }

  #handle(payload: number): void {
    const { time, stamp } = this.#queue;
    this.#clock.moveTo(time);
    const index = payload >> 2;
    switch (payload & 3) {
      case REQUEST:
        if (this.#stamps[index] === stamp) this.#finish(index, this.#fate[index] as Exclude<Ending, 0>);
        break;
      case CHANGE:
        this.#change(this.#timeline[index] as Change);
        break;
      default:
        this.#clock.fire(index, stamp);
    }
  }

  #arrive(request: number): void {
    if (this.#candidates.length === 0) {
      this.#close(request, Ending.nobody);
      return;
    }
    const context = this.#contexts.of(this.#options.workload.key[request] as number);
    const model = this.#models.get(this.#strategy.pick(this.#candidates, context));
    if (model === undefined || model.out > 0) throw new Error('the strategy picked what is not one of its candidates');
    const { record } = model;
    this.#held[request] = this.#leases.acquire(record);
    this.#strategy.onAcquire?.(record);
    this.records.backend[request] = model.index;
    this.inFlight++;
    if (this.inFlight > this.peak) this.peak = this.inFlight;
    if (record.active > model.peak) model.peak = record.active;
    this.records.load(this.#clock.now(), this.inFlight, record.active);
    this.#offer(request, model);
  }

  /** The request has reached its backend. */
  #offer(request: number, model: BackendModel): void {
    const { timeout } = this.#options.scenario;
    const { fault } = model;
    if (fault?.kind === 'hang') this.#endIn(request, timeout, Ending.timedOut);
    else if (fault?.kind === 'fail') this.#endIn(request, fault.after, Ending.failed);
    else if (fault !== undefined) this.#endIn(request, REFUSAL, Ending.refused);
    else if (model.running < model.capacity) this.#start(request, model);
    else {
      this.#place[request] = QUEUED;
      model.queue.push(request);
      this.#endIn(request, timeout, Ending.timedOut);
    }
  }

  #start(request: number, model: BackendModel): void {
    const { workload, scenario } = this.#options;
    const now = this.#clock.now();
    const left = (workload.at[request] as number) + scenario.timeout - now;
    const service = model.serviceTime(workload.luck[request] as number, now);
    this.#place[request] = RUNNING;
    model.running++;
    if (service <= left) this.#endIn(request, service, Ending.answered);
    else this.#endIn(request, left, Ending.timedOut);
  }

  #endIn(request: number, ms: number, fate: Exclude<Ending, 0>): void {
    this.#fate[request] = fate;
    this.#stamps[request] = this.#queue.push(this.#clock.now() + ms, (request << 2) | REQUEST);
  }

  #finish(request: number, ending: Exclude<Ending, 0>): void {
    const model = this.backends[this.records.backend[request] as number] as BackendModel;
    const place = this.#place[request];
    this.#stamps[request] = 0;
    this.#place[request] = OUTSIDE;
    this.#close(request, ending);
    if (place === QUEUED) model.queue.remove(request);
    if (place !== RUNNING) return;
    model.running--;
    const next = model.queue.shift();
    if (next !== -1) this.#start(next, model);
  }

  /** Writes down that it has ended; whoever waits for the lease hears of it. */
  #close(request: number, ending: Exclude<Ending, 0>): void {
    const took = this.#clock.now() - (this.#options.workload.at[request] as number);
    this.records.took[request] = took;
    this.records.ending[request] = ending;
    this.ended++;
    const lease = this.#held[request];
    if (lease === undefined) return;
    this.#held[request] = undefined;
    this.inFlight--;
    lease.release(outcomeFor(ending, took));
  }

  #change({ kind, backend, fault }: Change): void {
    const model = this.backends[backend] as BackendModel;
    if (kind === 'begin') {
      model.begin(fault);
      if (fault.kind === 'restart') this.#drop(backend);
    } else if (kind === 'end') model.end(fault, this.#clock.now());
    else {
      model.out += kind === 'out' ? 1 : -1;
      const before = this.#candidates;
      const after = this.backends.filter(({ out }) => out === 0).map(({ record }) => record);
      if (after.length === before.length) return;
      this.#candidates = after;
      this.#options.onMembership?.(before, after);
    }
  }

  /** The backend's process has ended, and with it all it was working on and all that waited there. */
  #drop(backend: number): void {
    const { backend: picked, ending } = this.records;
    while (this.#oldest < this.arrived && ending[this.#oldest] !== Ending.pending) this.#oldest++;
    // The newest first: those that wait are newer than those being worked on, and must not be started any more.
    for (let request = this.arrived - 1; request >= this.#oldest; request--) {
      if (picked[request] === backend && ending[request] === Ending.pending) this.#finish(request, Ending.reset);
    }
  }
}
