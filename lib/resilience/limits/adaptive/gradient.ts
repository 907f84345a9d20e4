import type { Random } from '../../../core/random.js';
import type { ParsedAdaptive } from './options.js';
import { Sample } from './sample.js';

/** How much longer than without load an answer may take before the limit shrinks: Envoy's buffer of 25 %. */
const TOLERANCE = 1.25;

/** How long answers are gathered between two changes of the limit, at least: Envoy's interval. */
const WINDOW = 100;

/** A window ends only with so many answers: of fewer, a median is chance. */
const ENOUGH = 10;

/** A window that has not got them by then begins anew: its first would say nothing of now. */
const STALE = 30_000;

/** Answers from which the latency without load is taken: Envoy's. */
const MEASURED = 50;

/**
 * Milliseconds after which a measurement ends with what it has, so that the limit is not kept low for long: more for a
 * backend that is known to be slow, but no more than half the interval.
 */
const MEASURING = 5_000;

/** A measurement is put off by up to this share of the interval, so that not all backends are measured at once. */
const JITTER = 0.15;

/** A gradient is neither less nor more: a single window does not tell more. */
const LEAST_GRADIENT = 0.5;
const MOST_GRADIENT = 2;

/** By the least gradient a limit shrinks to this and no further: there the square root adds as much as it takes. */
const BOTTOM = 4;

/** So many windows in a row that ended there say that the latency measured last does not hold any more: Envoy's. */
const STUCK = 5;

/** Milliseconds. Of less, what is measured is the balancer's own event loop. */
const LEAST_LATENCY = 1;

/** Most answers of a window that are looked at. */
const SAMPLE = 256;

/**
 * Envoy's gradient limit.
 *
 * @param limit as it is
 * @param unloaded latency without load, ms
 * @param latency as it is, ms
 */
export function gradientLimit(limit: number, unloaded: number, latency: number): number {
  const gradient = Math.min(MOST_GRADIENT, Math.max(LEAST_GRADIENT, (TOLERANCE * unloaded) / latency));
  return limit * gradient + Math.sqrt(limit);
}

/** The limit of one backend. It has no timer: whatever happens at the backend moves it on. */
export class GradientLimit {
  readonly #options: ParsedAdaptive;
  readonly #random: Random;
  readonly #sample = new Sample(SAMPLE);
  #limit: number;
  /** Latency without load; undefined before the first measurement. */
  #unloaded: number | undefined;
  #measuring = true;
  /** When the window, or the measurement, began. Requests from before a measurement are none without load. */
  #since: number;
  #due = 0;
  /** Most that were under way at once in this window. */
  #peak = 0;
  /** Windows in a row that ended at the bottom, by the least gradient. */
  #stuck = 0;

  constructor(options: ParsedAdaptive, random: Random, now: number) {
    this.#options = options;
    this.#random = random;
    this.#limit = options.min;
    this.#since = now;
  }

  /** Most requests at once at this moment, a whole number. */
  get limit(): number {
    return this.#measuring ? this.#options.min : Math.floor(this.#limit);
  }

  /** Whether its latency without load is being measured. */
  get measuring(): boolean {
    return this.#measuring;
  }

  /** So many are under way. */
  uses(inFlight: number): void {
    if (inFlight > this.#peak) this.#peak = inFlight;
  }

  /** An answer that is worth learning from. @param since when its request set out */
  learn(since: number, now: number): void {
    if (!this.#measuring || since >= this.#since) this.#sample.add(now - since);
  }

  /** Time has passed. */
  tick(now: number): void {
    if (this.#measuring) this.#measure(now);
    else if (now >= this.#due) this.#remeasure(now);
    else this.#adapt(now);
  }

  #measure(now: number): void {
    const { count } = this.#sample;
    const late =
      now - this.#since >= Math.min(Math.max(MEASURING, ENOUGH * (this.#unloaded ?? 0)), this.#options.interval / 2);
    if (count < MEASURED && !late) return;
    // Too few to tell: what was known holds, and of one of which nothing was, the measurement goes on.
    if (count >= ENOUGH || (count > 0 && this.#unloaded === undefined)) {
      this.#unloaded = Math.max(LEAST_LATENCY, this.#sample.quantile(this.#options.quantile));
    }
    if (this.#unloaded === undefined) return;
    this.#measuring = false;
    this.#due = now + this.#options.interval * (1 + JITTER * this.#random());
    this.#begin(now);
  }

  #remeasure(now: number): void {
    this.#measuring = true;
    this.#stuck = 0;
    this.#begin(now);
  }

  #adapt(now: number): void {
    const age = now - this.#since;
    if (age < WINDOW) return;
    const { count } = this.#sample;
    if (count < ENOUGH) {
      if (age >= STALE) this.#begin(now);
      return;
    }
    const unloaded = this.#unloaded ?? LEAST_LATENCY;
    const latency = Math.max(LEAST_LATENCY, this.#sample.quantile(this.#options.quantile));
    this.#limit = this.#next(unloaded, latency);
    const low = this.limit <= Math.max(BOTTOM, this.#options.min);
    this.#stuck = low && latency * LEAST_GRADIENT >= unloaded * TOLERANCE ? this.#stuck + 1 : 0;
    if (this.#stuck >= STUCK) this.#remeasure(now);
    else this.#begin(now);
  }

  #next(unloaded: number, latency: number): number {
    const { min, max } = this.#options;
    const next = Math.min(max, Math.max(min, gradientLimit(this.#limit, unloaded, latency)));
    // Of a backend with little to do latency says nothing of how much it could: its limit would grow without end.
    return next > this.#limit && this.#peak * 2 < this.#limit ? this.#limit : next;
  }

  #begin(now: number): void {
    this.#since = now;
    this.#peak = 0;
    this.#sample.clear();
  }
}
