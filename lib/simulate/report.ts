import type { BackendModel } from './backend-model.js';
import { Ending } from './ending.js';
import type { KeyMoves } from './key-moves.js';
import { type Records, SLICES } from './records.js';
import type { Workload } from './workload.js';

/** Of the requests that were answered without an error, in ms; NaN where there was none. */
export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface BackendShare {
  readonly id: string;
  readonly weight: number;
  /** Of all requests that were sent anywhere. */
  readonly share: number;
  /** The share over what its weight says: 1 is fair. */
  readonly relative: number;
  /** The most requests ever in flight there. */
  readonly peak: number;
}

/** A slice of the run; requests belong to the slice they arrived in. */
export interface Slice extends Latency {
  /** Where it begins, in ms. */
  readonly from: number;
  /** Share of its requests that failed. */
  readonly errors: number;
  readonly inFlight: number;
  readonly busiest: number;
}

/** What one strategy made of one scenario. */
export interface Report extends Latency {
  readonly strategy: string;
  readonly requests: number;
  /** How long the run took in virtual time, in ms. */
  readonly duration: number;
  readonly mean: number;
  /** Share of the requests that failed, whatever the reason. */
  readonly errors: number;
  /** The most requests in flight at all backends together, and at any one. */
  readonly inFlight: number;
  readonly busiest: number;
  readonly backends: readonly BackendShare[];
  /** Undefined for strategies that do not go by the key, and where membership never changed. */
  readonly keyMoves: KeyMoves | undefined;
  readonly slices: readonly Slice[];
}

interface Finished {
  readonly backends: readonly BackendModel[];
  readonly records: Records;
  readonly peak: number;
}

export function reportOf(strategy: string, run: Finished, workload: Workload, keyMoves: KeyMoves | undefined): Report {
  const { records, backends, peak } = run;
  const requests = workload.at.length;
  const good = answeredIn(records, 0, requests);
  return {
    strategy,
    requests,
    duration: lastEnd(workload, records),
    ...latencyOf(good),
    mean: good.reduce((sum, ms) => sum + ms, 0) / good.length,
    errors: requests === 0 ? 0 : 1 - good.length / requests,
    inFlight: peak,
    busiest: Math.max(...backends.map((model) => model.peak)),
    backends: sharesOf(backends, records),
    keyMoves,
    slices: slicesOf(records, workload),
  };
}

/** By nearest rank. */
export function percentile(ascending: Float64Array, percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * ascending.length));
  return ascending[rank - 1] ?? Number.NaN;
}

function latencyOf(ascending: Float64Array): Latency {
  return { p50: percentile(ascending, 50), p95: percentile(ascending, 95), p99: percentile(ascending, 99) };
}

/** Times of the requests from one number up to another that were answered, ascending. */
function answeredIn({ took, ending }: Records, from: number, to: number): Float64Array {
  return took
    .subarray(from, to)
    .filter((_, i) => ending[from + i] === Ending.answered)
    .sort();
}

function lastEnd({ at }: Workload, { took }: Records): number {
  let last = 0;
  for (let i = 0; i < at.length; i++) last = Math.max(last, (at[i] as number) + (took[i] as number));
  return last;
}

function sharesOf(models: readonly BackendModel[], { backend }: Records): BackendShare[] {
  const counts = new Float64Array(models.length);
  let sent = 0;
  for (const picked of backend) {
    if (picked === -1) continue;
    counts[picked] = (counts[picked] as number) + 1;
    sent++;
  }
  const weights = models.reduce((sum, { record }) => sum + record.weight, 0);
  return models.map(({ record: { id, weight }, peak }, i) => {
    const share = sent === 0 ? 0 : (counts[i] as number) / sent;
    return { id, weight, share, relative: share / (weight / weights), peak };
  });
}

function slicesOf(records: Records, { at }: Workload): Slice[] {
  const slices: Slice[] = [];
  let from = 0;
  for (let i = 0; i < SLICES; i++) {
    let to = from;
    while (to < at.length && Math.floor((at[to] as number) / records.slice) <= i) to++;
    const good = answeredIn(records, from, to);
    slices.push({
      from: i * records.slice,
      ...latencyOf(good),
      errors: to === from ? 0 : 1 - good.length / (to - from),
      inFlight: records.inFlight[i] as number,
      busiest: records.busiest[i] as number,
    });
    from = to;
  }
  return slices;
}
