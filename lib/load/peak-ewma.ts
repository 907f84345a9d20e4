import type { Backend } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import type { Outcome } from '../core/outcome.js';
import type { LoadMetric, LoadModule } from './metric.js';
import { FAILURE_COST, latencyOf } from './sample.js';

/** Finagle's time constant. */
export const DECAY = 10_000;

export const peakEwma: LoadModule = { create: (clock) => new PeakEwma(clock, DECAY, FAILURE_COST) };

/** Share of a cost below which nothing is known any more: after 4.6 time constants of silence. */
const FORGOTTEN = 0.01;

const COST = 0;
const STAMP = 1;

/**
 * Latency to the response head times the requests in flight and this one. The latency is an exponentially weighted
 * moving average that believes a rise at once and a fall slowly; while nothing is heard it sinks towards 0, so that a
 * backend that was slow is tried again.
 *
 * Source: Finagle's PeakEwma. A failure counts as `max(actual, penalty)`, as in Linkerd's load biaser.
 */
export class PeakEwma implements LoadMetric {
  readonly #clock: Clock;
  readonly #decay: number;
  readonly #penalty: number;
  /** Cost in milliseconds and when it was that, for each backend that has answered. */
  readonly #costs = new WeakMap<Backend, Float64Array>();

  /**
   * @param decay time constant in milliseconds
   * @param penalty milliseconds that a failure counts as, and a backend that has requests in flight but never answered
   */
  constructor(clock: Clock, decay: number, penalty: number) {
    this.#clock = clock;
    this.#decay = decay;
    this.#penalty = penalty;
  }

  of(backend: Backend): number {
    const cost = this.#costs.get(backend);
    const kept = cost === undefined ? 0 : this.#kept(cost, this.#clock.now());
    // Unknown, or as good as, and asked: not again before it has answered, or all would run to one that hangs. Tunnels
    // are no such question: they end in hours, and would keep everything else away until then.
    if (kept < FORGOTTEN && backend.active > backend.upgrades) return this.#penalty + backend.active;
    // Nothing in flight but tunnels: to be tried.
    if (cost === undefined) return backend.active;
    return (cost[COST] as number) * kept * (backend.active + 1);
  }

  record(backend: Backend, outcome: Outcome): void {
    const latency = latencyOf(outcome, this.#penalty);
    if (latency < 0) return;
    const now = this.#clock.now();
    const cost = this.#costs.get(backend);
    if (cost === undefined) {
      this.#costs.set(backend, Float64Array.of(latency, now));
      return;
    }
    const before = cost[COST] as number;
    const w = this.#kept(cost, now);
    cost[COST] = latency > before * w ? latency : latency * (1 - w) + before * w;
    cost[STAMP] = now;
  }

  /** What is left of a cost by now: exp(-dt / tau). */
  #kept(cost: Float64Array, now: number): number {
    return Math.exp(((cost[STAMP] as number) - now) / this.#decay);
  }
}
