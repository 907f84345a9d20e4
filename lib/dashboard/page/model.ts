import type { BalancerFrame, Frame, Happening, Head, Row } from './protocol.js';
import { Trace } from './trace.js';

/** One balancer, as the frames so far have told it. */
export interface BalancerModel {
  head: Head;
  order: readonly string[];
  readonly rows: Map<string, Row>;
  /** Of those that somebody looks at, or has: {@link traceOf}. */
  readonly traces: Map<string, Trace>;
  readonly total: Trace;
}

const KEPT = 200;

/**
 * The seconds of one backend, kept from when they are first asked for; what was before, the server knows. Undefined where
 * there is no such backend.
 */
export function traceOf({ rows, traces }: BalancerModel, id: string): Trace | undefined {
  const known = traces.get(id);
  if (known !== undefined || !rows.has(id)) return known;
  const trace = new Trace();
  traces.set(id, trace);
  return trace;
}

/** Puts together what frames tell. */
export class Model {
  at = 0;
  readonly balancers: BalancerModel[] = [];
  /** Latest first. */
  events: Happening[] = [];

  /** Takes a frame in. */
  apply(frame: Frame): void {
    this.at = frame.at;
    const second = Math.round(frame.at / 1_000);
    for (const [i, balancer] of frame.balancers.entries()) this.#balancer(i, balancer, second);
    if (frame.full) this.events = [];
    if (frame.events.length > 0) this.#tell(frame.events);
  }

  /** Every backend of every balancer. */
  *all(): Generator<{ balancer: number; name: string; row: Row }> {
    for (const [balancer, { head, order, rows }] of this.balancers.entries()) {
      for (const id of order) {
        const row = rows.get(id);
        if (row !== undefined) yield { balancer, name: head.name, row };
      }
    }
  }

  #balancer(i: number, { head, order, rows }: BalancerFrame, second: number): void {
    const known = this.balancers[i];
    const model = known ?? { head, order: [], rows: new Map(), traces: new Map(), total: new Trace() };
    this.balancers[i] = model;
    model.head = head;
    if (order !== undefined) this.#reorder(model, order);
    for (const row of rows) model.rows.set(row.id, row);
    model.total.push(second, head);
    for (const [id, trace] of model.traces) {
      const row = model.rows.get(id);
      if (row !== undefined) trace.push(second, row);
    }
  }

  #reorder(model: BalancerModel, order: readonly string[]): void {
    model.order = order;
    const there = new Set(order);
    for (const id of model.rows.keys()) if (!there.has(id)) model.rows.delete(id);
    for (const id of model.traces.keys()) if (!there.has(id)) model.traces.delete(id);
  }

  #tell(events: readonly Happening[]): void {
    const told = new Set(events.map(({ seq }) => seq));
    const rest = this.events.filter(({ seq }) => !told.has(seq));
    this.events = [...events, ...rest].sort((a, b) => b.at - a.at || b.seq - a.seq).slice(0, KEPT);
  }
}
