import { type BackendRecord, backendRecord } from '../core/backend.js';
import { type Quantile, quantileOf } from './distribution.js';
import { Fifo, type Links } from './fifo.js';
import type { BackendPlan, Fault } from './plan.js';

/** A backend as it is played: the record that strategies see, and what goes on behind it. */
export class BackendModel {
  readonly record: BackendRecord;
  readonly index: number;
  readonly capacity: number;
  /** Requests that wait for one of its places. */
  readonly queue: Fifo;
  /** Requests it is working on. */
  running = 0;
  /** The most requests ever in flight here. */
  peak = 0;
  /** How many noticed faults keep it out of the candidates. */
  out = 0;
  readonly #quantile: Quantile;
  /** Those that have begun and not ended, oldest first. */
  #faults: readonly Fault[] = [];
  #slowness = 1;
  #warmUp: { readonly since: number; readonly factor: number; readonly ms: number } | undefined;

  constructor(plan: BackendPlan, index: number, links: Links) {
    const { id, weight = 1, capacity = Number.POSITIVE_INFINITY } = plan;
    if (!(capacity >= 1)) throw new RangeError(`backend ${id}: a capacity of at least 1, not ${capacity}`);
    const host = `10.${128 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
    this.record = backendRecord({ url: `http://${host}:3000`, id, weight });
    this.index = index;
    this.capacity = capacity;
    this.queue = new Fifo(links);
    this.#quantile = quantileOf(plan.latency);
  }

  /** The fault that a request meets which comes in now, if any. */
  get fault(): Exclude<Fault, { kind: 'slow' }> | undefined {
    return this.#faults.findLast((fault) => fault.kind !== 'slow');
  }

  begin(fault: Fault): void {
    this.#adopt([...this.#faults, fault]);
    this.#warmUp = undefined;
  }

  end(fault: Fault, now: number): void {
    this.#adopt(this.#faults.filter((other) => other !== fault));
    if (fault.kind === 'restart' && fault.warmUp !== undefined) this.#warmUp = { since: now, ...fault.warmUp };
  }

  #adopt(faults: readonly Fault[]): void {
    this.#faults = faults;
    this.#slowness = faults.reduce((product, fault) => product * (fault.kind === 'slow' ? fault.factor : 1), 1);
  }

  /** How long a request of this luck takes that is begun now, in ms. */
  serviceTime(luck: number, now: number): number {
    const ms = this.#quantile(luck) * this.#slowness;
    return this.#warmUp === undefined ? ms : ms * this.#coldness(now);
  }

  /** From the factor down to 1 in a straight line. */
  #coldness(now: number): number {
    if (this.#warmUp === undefined) return 1;
    const { since, factor, ms } = this.#warmUp;
    if (now < since + ms) return factor + ((1 - factor) * (now - since)) / ms;
    this.#warmUp = undefined;
    return 1;
  }
}
