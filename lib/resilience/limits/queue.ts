import type { IncomingMessage } from 'node:http';
import type { BackendRecord } from '../../core/backend.js';
import type { Clock } from '../../core/clock.js';
import { FairleadError } from '../../core/errors.js';
import { Lines, type Wanted } from './lines.js';
import { Ranks } from './ranks.js';

export interface QueueOptions {
  /** Most that wait at once. */
  readonly size: number;
  /** Milliseconds after which one has waited in vain. */
  readonly timeout: number;
  readonly clock: Clock;
  /** How much a request counts when somebody has to go; undefined where all count the same. */
  readonly priority: ((request: IncomingMessage) => number) | undefined;
  /** Whether it is for want of room alone that this backend does not take who is pinned to it. */
  readonly isBusy: (backend: BackendRecord) => boolean;
}

/** One request that has to wait. */
export interface Waiting<Place> extends Wanted {
  readonly request: IncomingMessage;
  /** When all must be over, by the clock; Infinity for never. */
  readonly deadline: number;
  /** Takes a place, if there is one by now; undefined if not. */
  readonly take: () => Place | FairleadError | undefined;
  /** Calls back when nobody waits for the answer any more; gives a function that ends the watch. */
  readonly whenGone: (gone: () => void) => () => void;
}

/** What can be seen of a queue. */
export interface QueueCounts {
  readonly waiting: number;
  readonly queued: number;
  readonly timedOut: number;
  readonly rejected: number;
  readonly abandoned: number;
  readonly waited: number;
}

interface Waiter<Place> {
  readonly number: number;
  readonly take: Waiting<Place>['take'];
  readonly leave: (with_: Place | FairleadError | 'gone') => void;
}

/**
 * Requests that wait for a place at a backend: first come, first served. Whoever makes room calls `wake`, and whoever can
 * go takes its place within that call, so that nobody who comes later can take it before. Leaving costs the same for
 * everyone, however many wait.
 */
export class Queue<Place> {
  readonly #options: QueueOptions;
  readonly #lines = new Lines<Waiter<Place>>();
  readonly #ranks = new Ranks<Waiter<Place>>();
  #closed: FairleadError | undefined;
  #waking = false;
  /** Who else has room, seen while others are on their way; undefined for whoever it may be. */
  readonly #roomBesides = new Set<BackendRecord | undefined>();
  readonly #counts = { waiting: 0, queued: 0, timedOut: 0, rejected: 0, abandoned: 0, waited: 0 };

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#counts.waiting;
  }

  /** Resolves with a place, with why there is none, or with `'gone'` when the client has left. Never rejects. */
  wait(waiting: Waiting<Place>): Promise<Place | FairleadError | 'gone'> {
    if (this.#closed !== undefined) return Promise.resolve(this.#closed);
    const { size, priority } = this.#options;
    const rank = priority?.(waiting.request) ?? 0;
    if (this.#counts.waiting >= size) {
      const lowest = this.#ranks.lowestBelow(rank);
      this.#counts.rejected++;
      if (lowest === undefined) return Promise.resolve(full(size));
      lowest.leave(full(size));
    }
    return new Promise((resolve) => this.#enter(waiting, rank, resolve));
  }

  /** There may be room: at this backend, or at anyone's. */
  wake(backend?: BackendRecord): void {
    if (this.#counts.waiting === 0) return;
    this.#roomBesides.add(backend);
    // Who takes a place may change what there is: that is looked at afterwards.
    if (this.#waking) return;
    this.#waking = true;
    for (const to of this.#roomBesides) {
      this.#roomBesides.delete(to);
      this.#lines.advance(to, goes, this.#options.isBusy);
    }
    this.#waking = false;
  }

  /** Nobody waits from here on; those who do leave with this. */
  close(error: FairleadError): void {
    this.#closed = error;
    for (const waiter of this.#lines.all()) waiter.leave(error);
  }

  counts(): QueueCounts {
    return { ...this.#counts };
  }

  #enter(waiting: Waiting<Place>, rank: number, resolve: (got: Place | FairleadError | 'gone') => void): void {
    const { clock, timeout, priority } = this.#options;
    const since = clock.now();
    const left = waiting.deadline - since;
    const leave = (got: Place | FairleadError | 'gone'): void => {
      leaveLine();
      leaveRanks?.();
      timer.cancel();
      stop();
      this.#counts.waiting--;
      this.#counts.waited += clock.now() - since;
      resolve(got);
    };
    const waiter = { number: this.#counts.queued++, take: waiting.take, leave };
    this.#counts.waiting++;
    const leaveLine = this.#lines.add(waiter, waiting);
    const leaveRanks = priority && this.#ranks.add(rank, waiter);
    const timer = clock.after(Math.max(0, Math.min(timeout, left)), () => {
      this.#counts.timedOut++;
      leave(left < timeout ? outOfTime() : inVain(timeout));
    });
    const stop = waiting.whenGone(() => {
      this.#counts.abandoned++;
      leave('gone');
    });
  }
}

function goes<Place>({ take, leave }: Waiter<Place>): boolean {
  const place = take();
  if (place === undefined) return false;
  leave(place);
  return true;
}

function full(size: number): FairleadError {
  return new FairleadError('FAIRLEAD_QUEUE_FULL', `every backend is at its limit, and ${size} requests wait`);
}

function inVain(timeout: number): FairleadError {
  return new FairleadError('FAIRLEAD_QUEUE_TIMEOUT', `no backend had room within ${timeout} ms`);
}

function outOfTime(): FairleadError {
  return new FairleadError('FAIRLEAD_TOTAL_TIMEOUT', 'the total timeout ran out while the request waited for a place');
}
