import type { LatencyStats } from '../observe/latency-window.js';
import type { Figures } from './page/protocol.js';
import { rounded, Series } from './series.js';

/** Seconds below which two pictures are one: what came in a hundredth of a second says nothing of a rate. */
const BLINK = 0.5;
/** Seconds over which shares are taken. */
const MINUTE = 60;
const MOMENT = 10;

interface Counted {
  readonly total: number;
  readonly failed: number;
  /** Over the last seconds: what goes for the rate until there are two pictures to take it from. */
  readonly perSecond: number;
  readonly latency: Pick<LatencyStats, 'count' | 'p50' | 'p95' | 'p99'>;
}

const NOTHING: Figures = { rate: null, errors: null, p50: null, p95: null, p99: null };

/** Makes rates out of counts that only grow, picture by picture. */
export class Meter {
  readonly series = new Series();
  figures: Figures = NOTHING;
  #before: { readonly total: number; readonly failed: number; readonly at: number } | undefined;

  /** @param at milliseconds, by a clock that never goes back; @param second the one that this is of */
  read({ total, failed, perSecond, latency }: Counted, at: number, second: number): Figures {
    const before = this.#before;
    const seconds = before === undefined ? 0 : (at - before.at) / 1_000;
    if (before !== undefined && seconds < BLINK) return this.figures;
    this.#before = { total, failed, at };
    // After a long while in which nobody looked, the mean since then would pass for what is going on now.
    const known = before !== undefined && seconds < MOMENT;
    const rateOf = (now: number, then: number): number => rounded(Math.max(0, now - then) / seconds);
    const rate = known ? rateOf(total, before.total) : rounded(perSecond);
    const errors = known ? rateOf(failed, before.failed) : null;
    this.figures = { rate, errors, ...percentiles(latency) };
    this.series.push(second, this.figures);
    return this.figures;
  }

  /** Requests of the last minute. */
  get minute(): number {
    return this.series.sum('rate', MINUTE);
  }

  /** Share of the last minute's requests that failed; null without any. */
  get failing(): number | null {
    return share(this.series.sum('errors', MINUTE), this.minute);
  }

  /** Share of those of the last seconds that failed. */
  get failingNow(): number {
    return share(this.series.sum('errors', MOMENT), this.series.sum('rate', MOMENT)) ?? 0;
  }
}

/** To a tenth of a millisecond; null where nothing was measured. */
function percentiles({ count, p50, p95, p99 }: Counted['latency']): Pick<Figures, 'p50' | 'p95' | 'p99'> {
  const told = (ms: number): number | null => (count === 0 ? null : Math.round(ms * 10) / 10);
  return { p50: told(p50), p95: told(p95), p99: told(p99) };
}

/** Null where there is nothing to take a share of. */
export function share(part: number, whole: number): number | null {
  return whole > 0 ? Math.round(Math.min(1, part / whole) * 1_000) / 1_000 : null;
}
