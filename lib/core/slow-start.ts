import type { BackendRecord } from './backend.js';
import type { Clock } from './clock.js';

/** With each step strategies get a new list and derive anew what hangs on weights; 20 rings a start are affordable. */
const STEPS = 20;

/** What a backend gets at once: from nothing it would never warm up (Envoy's min_weight_percent). */
const LEAST = 0.1;

/** What it grows to: the weight that was asked for, or the share of it that the backend itself asks for. */
function fullWeight({ configuredWeight, steered }: BackendRecord): number {
  return configuredWeight * steered.share;
}

/**
 * When the step that is under way ends. Steps lie on a grid of time, the same for all starts of one length: a hundred
 * backends that came back one after the other step together, and a weight depends on the time alone, never on who asked
 * for it when.
 */
function endOfStep(now: number, window: number): number {
  const step = window / STEPS;
  return (Math.floor(now / step) + 1) * step;
}

/**
 * Backends that grow to their full weight. There is no timer: whoever wants the weights has to `advance` first, and only
 * while `running` is that more than a comparison.
 */
export class SlowStart {
  readonly #clock: Clock;
  readonly #window: number;
  /** Who is growing, and since when. */
  readonly #since = new Map<BackendRecord, number>();
  /** When weights change next. */
  #due = Number.POSITIVE_INFINITY;

  /** @param window milliseconds to the full weight, for backends without a `slowStart` of their own; 0 for none */
  constructor(clock: Clock, window: number) {
    this.#clock = clock;
    this.#window = window;
  }

  /** Whether anybody is growing. */
  get running(): boolean {
    return this.#due < Number.POSITIVE_INFINITY;
  }

  /** From now on this backend grows. One that was growing already begins anew. */
  begin(backend: BackendRecord): void {
    const now = this.#clock.now();
    if (this.#windowOf(backend) > 0) {
      this.#since.set(backend, now);
      this.#due = now;
    }
    backend.weight = this.#weightAt(now, backend);
  }

  /** It has its full weight, whatever it was. */
  stop(backend: BackendRecord): void {
    this.#since.delete(backend);
    backend.weight = fullWeight(backend);
    if (this.#since.size === 0) this.#due = Number.POSITIVE_INFINITY;
  }

  /** Its weight at this moment. Changes nothing. */
  weightOf(backend: BackendRecord): number {
    return this.#since.has(backend) ? this.#weightAt(this.#clock.now(), backend) : fullWeight(backend);
  }

  /** Brings the weights up to date; returns whether any has changed. */
  advance(): boolean {
    const now = this.#clock.now();
    if (now < this.#due) return false;
    let changed = false;
    this.#due = Number.POSITIVE_INFINITY;
    for (const backend of this.#since.keys()) {
      const weight = this.#weightAt(now, backend);
      if (weight !== backend.weight) changed = true;
      backend.weight = weight;
      if (weight === fullWeight(backend)) this.#since.delete(backend);
      else this.#due = Math.min(this.#due, endOfStep(now, this.#windowOf(backend)));
    }
    return changed;
  }

  #windowOf(backend: BackendRecord): number {
    return backend.slowStart ?? this.#window;
  }

  /** Envoy's weight * max(least, (age / window) ^ (1 / aggression)) with its default aggression of 1: a straight line. */
  #weightAt(now: number, backend: BackendRecord): number {
    const since = this.#since.get(backend);
    if (since === undefined) return fullWeight(backend);
    const window = this.#windowOf(backend);
    // The age at the end of the step: so it is full in time, at the latest when the window is over.
    const share = Math.max(LEAST, (endOfStep(now, window) - since) / window);
    return share >= 1 ? fullWeight(backend) : fullWeight(backend) * share;
  }
}
