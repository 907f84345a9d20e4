import type { Found, PinResult } from '../core/affinity.js';
import type { Backend } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import { DistinctCounter } from '../util/distinct.js';
import { hash32 } from '../util/hash.js';

interface Counts {
  /** Requests that went where their client is pinned. */
  readonly hits: number;
  /** Requests that came without a pin and were sent to a backend. */
  readonly assigned: number;
  /** Requests whose client's backend took nobody, or could not be reached, and that had another looked for. */
  readonly lost: number;
  /** Requests whose client's backend took nobody, or could not be reached, and that were refused for it (`onLost`). */
  readonly rejected: number;
  /** Different client addresses that were sent here in the last 5 to 10 minutes, within some 7 %. */
  readonly clients: number;
}

/** How sticky sessions fare at one backend: `lost` and `rejected` count where the client was pinned. */
export interface BackendStickyStats extends Counts {}

/** How sticky sessions fare. */
export interface StickyStats extends Counts {
  /** Pins that named nobody (forged, cut, expired, of a backend that is gone); their clients count as without one. */
  readonly ignored: number;
  /** How many times its even share, by weight, of the clients the fullest backend has: 1 is even. 0 without clients. */
  readonly imbalance: number;
}

/** What became of one request, as far as its pin goes. */
export interface PinEnd {
  readonly found: Found;
  readonly pin: PinResult;
  /** The backend that had it last, if any had. */
  readonly backend: Backend | undefined;
  /** It has been counted when its answer came. */
  readonly counted?: boolean | undefined;
}

const WINDOW = 300_000;

class Tally {
  hits = 0;
  assigned = 0;
  lost = 0;
  rejected = 0;
  current = new DistinctCounter();
  before = new DistinctCounter();
  #window = 0;

  /** @param window number of the one that runs */
  turn(window: number): void {
    if (window === this.#window) return;
    [this.current, this.before] = [this.before, this.current];
    this.current.clear();
    if (window !== this.#window + 1) this.before.clear();
    this.#window = window;
  }

  counts(window: number): Counts {
    this.turn(window);
    const { hits, assigned, lost, rejected } = this;
    return { hits, assigned, lost, rejected, clients: this.current.union(this.before) };
  }
}

/** Counts what became of pins, in all and per backend. */
export class StickyStatistics {
  readonly #clock: Clock;
  readonly #tallies = new WeakMap<Backend, Tally>();
  #ignored = 0;
  #assigned = 0;
  #hits = 0;
  #lost = 0;
  #rejected = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * A request has its answer, or is done without one. Once: the end of a tunnel or a stream may be days away, and its
   * client is where it is now.
   *
   * @param address its client's
   */
  settled({ found, pin, backend, counted }: PinEnd, address: string): void {
    if (counted) return;
    if (found === 'ignored') this.#ignored++;
    const home = typeof found === 'object' ? found : undefined;
    this.#count(pin, home, backend);
    if (backend === undefined) return;
    const tally = this.#tally(backend);
    tally.turn(this.#window());
    tally.current.add(hash32(address));
  }

  /** In all; @param shares each backend's clients and weight */
  picture(shares: readonly { readonly clients: number; readonly weight: number }[]): StickyStats {
    const clients = shares.reduce((sum, share) => sum + share.clients, 0);
    const weight = shares.reduce((sum, share) => sum + share.weight, 0);
    const fullest = shares.reduce((most, share) => Math.max(most, share.clients / share.weight), 0);
    const imbalance = clients === 0 ? 0 : (fullest * weight) / clients;
    const counts = { hits: this.#hits, assigned: this.#assigned, lost: this.#lost, rejected: this.#rejected };
    return { ...counts, clients, ignored: this.#ignored, imbalance };
  }

  of(backend: Backend): BackendStickyStats {
    return this.#tally(backend).counts(this.#window());
  }

  #count(pin: PinResult, home: Backend | undefined, backend: Backend | undefined): void {
    const pinned = home && this.#tally(home);
    if (pin === 'rejected') {
      this.#rejected++;
      if (pinned !== undefined) pinned.rejected++;
    } else if (backend === undefined) {
      // It was sent nowhere, for reasons that have nothing to do with pins.
    } else if (pin === 'none') {
      this.#assigned++;
      this.#tally(backend).assigned++;
    } else if (pin === 'hit') {
      this.#hits++;
      if (pinned !== undefined) pinned.hits++;
    } else {
      this.#lost++;
      if (pinned !== undefined) pinned.lost++;
    }
  }

  #window(): number {
    return Math.floor(this.#clock.now() / WINDOW);
  }

  #tally(backend: Backend): Tally {
    const known = this.#tallies.get(backend);
    if (known !== undefined) return known;
    const tally = new Tally();
    this.#tallies.set(backend, tally);
    return tally;
  }
}
