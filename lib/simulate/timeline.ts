import type { BackendPlan, Detection, Fault } from './plan.js';

/** A change at a backend: a fault begins or ends, health checks take it out of the candidates or put it back. */
export interface Change {
  readonly at: number;
  /** Number of the backend. */
  readonly backend: number;
  readonly kind: 'begin' | 'end' | 'out' | 'in';
  readonly fault: Fault;
}

/**
 * All that the plans say will happen, in order of time. A fault that ends before health checks could see it is never
 * noticed.
 *
 * @throws RangeError for a fault that ends before it begins
 */
export function timelineOf(backends: readonly BackendPlan[], detection: Detection): Change[] {
  const changes = backends.flatMap(({ faults = [] }, backend) =>
    faults.flatMap((fault) => changesOf(fault, backend, detection)),
  );
  return changes.sort((a, b) => a.at - b.at);
}

function changesOf(fault: Fault, backend: number, { fall, rise }: Detection): Change[] {
  const restart = fault.kind === 'restart';
  const from = restart ? fault.at : fault.from;
  const until = restart ? fault.at + fault.down : fault.until;
  if (!(from >= 0 && until > from)) throw new RangeError(`a fault ends after it has begun: ${from} to ${until}`);
  const changes: Change[] = [
    { at: from, backend, kind: 'begin', fault },
    { at: until, backend, kind: 'end', fault },
  ];
  if ((restart || fault.noticed === true) && from + fall < until) {
    changes.push({ at: from + fall, backend, kind: 'out', fault }, { at: until + rise, backend, kind: 'in', fault });
  }
  return changes;
}

/** The same fault again and again: one window of `length` ms every `every` ms. */
export function windows(from: number, length: number, every: number, until: number): { from: number; until: number }[] {
  const found: { from: number; until: number }[] = [];
  for (let at = from; at + length <= until; at += every) found.push({ from: at, until: at + length });
  return found;
}
