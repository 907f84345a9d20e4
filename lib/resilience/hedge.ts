import { z } from 'zod';
import { type Duration, isDuration, milliseconds } from '../core/duration.js';
import { strictObject } from '../core/problems.js';
import { LatencyWindow } from './latency-window.js';
import { methodNames } from './methods.js';

/** A second attempt at a request that takes long; the first answer wins (Dean & Barroso, "The Tail at Scale", 2013). */
export interface HedgeOptions {
  /** When: after so long, or `'p95'`: after what 95 % of the latest answers took at most. */
  readonly after: 'p95' | Duration;
  /** For which methods. Default GET, HEAD, OPTIONS and TRACE, which change nothing. */
  readonly methods?: readonly string[] | undefined;
}

const isDelay = (value: unknown): boolean => value === 'p95' || isDuration(value, 1);

export const hedgeSchema = strictObject({
  after: z.custom<'p95' | Duration>(isDelay, "'p95', or a duration of at least 1 ms as in 50 or '1s'"),
  methods: methodNames.default(['GET', 'HEAD', 'OPTIONS', 'TRACE']),
});

export type ParsedHedge = z.output<typeof hedgeSchema>;

/** Fewer answers than this say nothing of the tail. */
const ENOUGH = 20;
/** Until there are enough, in ms. */
const UNKNOWN = 100;
/** Below this, in ms, timers and the scheduler say more of an answer's time than the backend does. */
const LEAST = 5;

/** When a second attempt sets out, and for whom. */
export class Hedging {
  readonly #after: number | LatencyWindow;
  readonly #methods: ReadonlySet<string>;

  constructor({ after, methods }: ParsedHedge) {
    this.#after = after === 'p95' ? new LatencyWindow(0.95) : milliseconds(after);
    this.#methods = new Set(methods);
  }

  isFor(method: string | undefined): boolean {
    return method !== undefined && this.#methods.has(method);
  }

  /** Milliseconds after which a second attempt sets out. */
  delay(): number {
    if (typeof this.#after === 'number') return this.#after;
    return this.#after.count < ENOUGH ? UNKNOWN : Math.max(LEAST, this.#after.value());
  }

  /** An answer came after so many milliseconds. */
  answered(ms: number): void {
    if (typeof this.#after !== 'number') this.#after.add(ms);
  }
}
