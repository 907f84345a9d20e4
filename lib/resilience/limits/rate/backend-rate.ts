import type { BackendRecord } from '../../../core/backend.js';
import type { Clock, Timer } from '../../../core/clock.js';
import { type Consumed, GuardedLimiter, type RateLimiter } from './limiter.js';

export interface BackendRateOptions {
  readonly limiter: RateLimiter;
  /** Points of a whole span; undefined where only the limiter knows. */
  readonly points: number | undefined;
  readonly clock: Clock;
  /** The backend has used up its points, or has points again. */
  readonly changed: (backend: BackendRecord) => void;
  readonly threw: (what: string, cause: unknown) => void;
}

interface Meter {
  /** Points left, as far as is known here. */
  left: number;
  /** Until when that holds; the limiter has yet to say how much is left of the time after it. */
  until: number;
  /** Times it was left out. */
  limited: number;
  /** Requests of which the limiter has yet to say anything. */
  asking: number;
  /** Until there are points again. */
  timer: Timer | undefined;
}

/** Timers and the limiter's own clock do not agree to the millisecond. */
const MARGIN = 2;

/**
 * How many requests a backend gets in a span of time. A limiter answers later, and a request cannot wait between its
 * choice and its place: so what it said last is counted on, and a backend without points is left out until its time is
 * over. With the limiter in memory that is exact; with one that is shared, others may have spent what is not known here.
 */
export class BackendRate {
  readonly #options: BackendRateOptions;
  readonly #limiter: GuardedLimiter;
  readonly #meters = new WeakMap<BackendRecord, Meter>();
  #closed = false;

  constructor(options: BackendRateOptions) {
    this.#options = options;
    this.#limiter = new GuardedLimiter(options.limiter, 'backends', options);
  }

  /** A request sets out for it. */
  acquired(backend: BackendRecord): void {
    const meter = this.#meter(backend);
    if (this.#options.clock.now() >= meter.until) this.#renew(meter);
    meter.left--;
    meter.asking++;
    if (meter.left <= 0) this.#mark(backend, meter, true);
    void this.#limiter.consume(backend.id).then((said) => this.#told(backend, meter, said));
  }

  /** How often this backend was left out. */
  limitedOf(backend: BackendRecord): number {
    return this.#meters.get(backend)?.limited ?? 0;
  }

  close(): void {
    this.#closed = true;
  }

  #told(backend: BackendRecord, meter: Meter, said: Consumed | undefined): void {
    meter.asking--;
    if (this.#closed || meter.timer !== undefined) return;
    // A limiter that fails limits nobody.
    const left = said === undefined ? this.#whole : said.allowed ? (said.left ?? this.#whole) : 0;
    const wait = (said?.wait ?? 0) + MARGIN;
    meter.left = left - meter.asking;
    meter.until = this.#options.clock.now() + wait;
    if (left > 0) {
      this.#mark(backend, meter, meter.left <= 0);
      return;
    }
    this.#mark(backend, meter, true);
    meter.timer = this.#options.clock.after(wait, () => {
      meter.timer = undefined;
      this.#renew(meter);
      if (!this.#closed) this.#mark(backend, meter, false);
    });
  }

  /** The time is over: a span begins, for those too of whom the limiter has yet to say to which they belong. */
  #renew(meter: Meter): void {
    meter.left = this.#whole - meter.asking;
    meter.until = Number.POSITIVE_INFINITY;
  }

  get #whole(): number {
    return this.#options.points ?? Number.POSITIVE_INFINITY;
  }

  #mark(backend: BackendRecord, meter: Meter, spent: boolean): void {
    if (backend.spent === spent) return;
    backend.spent = spent;
    if (spent) meter.limited++;
    this.#options.changed(backend);
  }

  #meter(backend: BackendRecord): Meter {
    const known = this.#meters.get(backend);
    if (known !== undefined) return known;
    const meter = { left: this.#whole, until: Number.POSITIVE_INFINITY, limited: 0, asking: 0, timer: undefined };
    this.#meters.set(backend, meter);
    return meter;
  }
}
