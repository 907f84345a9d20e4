import { MOST, middleOf, STEPS, stepOf } from '../util/log-scale.js';

/** Latencies over the last minute, in milliseconds; all 0 where there was none. */
export interface LatencyStats {
  /** How many were measured. */
  readonly count: number;
  readonly mean: number;
  /** What half of them took at most; this and the next two within 1.6 %. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** So many slices make the window: what is told is of the last 50 to 60 s. */
const SLICES = 6;
const SLICE_MS = 10_000;

/** Parts of a millisecond that are told apart. */
const PER_MS = 256;

const NONE: LatencyStats = Object.freeze({ count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 });

/**
 * The latencies of the last minute, in six slices that are used again in turn. Old ones are emptied when somebody looks
 * or writes: no timer. Not Node's own histogram (docs/decisions/0080-latency-window.md).
 */
export class LatencyWindow {
  readonly #counts = new Uint32Array(SLICES * STEPS);
  readonly #totals = new Float64Array(SLICES);
  readonly #highest = new Float64Array(SLICES);
  /** Number of the newest slice since time 0. */
  #newest = 0;

  add(now: number, ms: number): void {
    const slice = Math.floor(now / SLICE_MS);
    if (slice > this.#newest) this.#turn(slice);
    const at = this.#newest % SLICES;
    const step = at * STEPS + stepOf(Math.min(MOST, Math.max(0, Math.round(ms * PER_MS))));
    this.#counts[step] = (this.#counts[step] as number) + 1;
    this.#totals[at] = (this.#totals[at] as number) + ms;
    if (ms > (this.#highest[at] as number)) this.#highest[at] = ms;
  }

  picture(now: number): LatencyStats {
    this.#turn(Math.floor(now / SLICE_MS));
    const steps = this.#steps();
    const count = steps.reduce((sum, each) => sum + each, 0);
    if (count === 0) return NONE;
    const max = Math.max(...this.#highest);
    const total = this.#totals.reduce((sum, each) => sum + each, 0);
    const [p50, p95, p99] = quantiles(steps, count, max);
    return { count, mean: total / count, p50, p95, p99, max };
  }

  /** All slices in one. */
  #steps(): Float64Array {
    const steps = new Float64Array(STEPS);
    for (let slice = 0; slice < SLICES; slice++) {
      // An empty slice, as most are of a backend that is seldom asked.
      if (this.#highest[slice] === 0 && this.#counts[slice * STEPS] === 0) continue;
      for (let step = 0; step < STEPS; step++) {
        steps[step] = (steps[step] as number) + (this.#counts[slice * STEPS + step] as number);
      }
    }
    return steps;
  }

  #turn(slice: number): void {
    for (let old = Math.max(this.#newest + 1, slice - SLICES + 1); old <= slice; old++) {
      const at = old % SLICES;
      this.#counts.fill(0, at * STEPS, (at + 1) * STEPS);
      this.#totals[at] = 0;
      this.#highest[at] = 0;
    }
    this.#newest = Math.max(this.#newest, slice);
  }
}

/** What 50, 95 and 99 % took at most. */
function quantiles(steps: Float64Array, count: number, max: number): [number, number, number] {
  const found: [number, number, number] = [max, max, max];
  const ranks = [0.5, 0.95, 0.99].map((share) => Math.ceil(share * count));
  let seen = 0;
  let next = 0;
  for (let step = 0; step < STEPS && next < ranks.length; step++) {
    seen += steps[step] as number;
    // A step's middle may lie above all that was measured.
    for (; next < ranks.length && seen >= (ranks[next] as number); next++) {
      found[next] = Math.min(max, middleOf(step) / PER_MS);
    }
  }
  return found;
}
