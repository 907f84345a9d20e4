/**
 * What is to happen, earliest first; of one moment, in the order in which it was pushed. A binary heap over typed arrays:
 * an event is three numbers and no object.
 */
export class EventQueue {
  #times: Float64Array;
  #stamps: Float64Array;
  #payloads: Int32Array;
  #size = 0;
  #stamp = 0;
  /** Of the event that `pop` took last. */
  time = 0;
  /** Of the event that `pop` took last: what `push` returned for it. */
  stamp = 0;

  constructor(capacity = 1024) {
    this.#times = new Float64Array(capacity);
    this.#stamps = new Float64Array(capacity);
    this.#payloads = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** When the next event is due; infinity when there is none. */
  get next(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] as number);
  }

  /** @returns the event's stamp, no other event's: events are not taken out again, their owner knows the valid one */
  push(time: number, payload: number): number {
    if (this.#size === this.#times.length) this.#grow();
    const stamp = ++this.#stamp;
    const [times, stamps, payloads] = [this.#times, this.#stamps, this.#payloads];
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      // A new event is the last of its moment.
      if ((times[parent] as number) <= time) break;
      times[at] = times[parent] as number;
      stamps[at] = stamps[parent] as number;
      payloads[at] = payloads[parent] as number;
      at = parent;
    }
    times[at] = time;
    stamps[at] = stamp;
    payloads[at] = payload;
    return stamp;
  }

  /** Takes the next event: its payload is returned, `time` and `stamp` are set. The queue must not be empty. */
  pop(): number {
    const payload = this.#payloads[0] as number;
    this.time = this.#times[0] as number;
    this.stamp = this.#stamps[0] as number;
    const last = --this.#size;
    if (last > 0) {
      this.#sink(this.#times[last] as number, this.#stamps[last] as number, this.#payloads[last] as number);
    }
    return payload;
  }

  #sink(time: number, stamp: number, payload: number): void {
    const [times, stamps, payloads, size] = [this.#times, this.#stamps, this.#payloads, this.#size];
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.#before(child + 1, times[child] as number, stamps[child] as number)) child++;
      if (!this.#before(child, time, stamp)) break;
      times[at] = times[child] as number;
      stamps[at] = stamps[child] as number;
      payloads[at] = payloads[child] as number;
      at = child;
    }
    times[at] = time;
    stamps[at] = stamp;
    payloads[at] = payload;
  }

  #before(index: number, time: number, stamp: number): boolean {
    const due = this.#times[index] as number;
    return due < time || (due === time && (this.#stamps[index] as number) < stamp);
  }

  #grow(): void {
    const larger = 2 * this.#times.length;
    const [times, stamps, payloads] = [this.#times, this.#stamps, this.#payloads];
    this.#times = new Float64Array(larger);
    this.#stamps = new Float64Array(larger);
    this.#payloads = new Int32Array(larger);
    this.#times.set(times);
    this.#stamps.set(stamps);
    this.#payloads.set(payloads);
  }
}
