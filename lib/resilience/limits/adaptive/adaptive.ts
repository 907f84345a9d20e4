import type { BackendRecord } from '../../../core/backend.js';
import type { Clock } from '../../../core/clock.js';
import type { Lease } from '../../../core/lease.js';
import type { Random } from '../../../core/random.js';
import { GradientLimit } from './gradient.js';
import type { ParsedAdaptive } from './options.js';

interface Known {
  readonly gradient: GradientLimit;
  /** Answers whose head has come, and whose end has not. */
  streams: number;
}

/** From here on a status says that the backend, or its own limit, failed: quickly, more often than not. */
const FAILS = 500;
const TOO_MANY = 429;

/**
 * Limits that follow latency, one a backend. What counts is who waits for the head of an answer: a stream that lasts for
 * hours, or a client that reads slowly, says nothing of how much the backend has to do.
 */
export class AdaptiveLimits {
  readonly #options: ParsedAdaptive;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #known = new WeakMap<BackendRecord, Known>();

  constructor(options: ParsedAdaptive, clock: Clock, random: Random) {
    this.#options = options;
    this.#clock = clock;
    this.#random = random;
  }

  acquired(backend: BackendRecord): void {
    const known = this.#of(backend);
    known.gradient.uses(backend.active - backend.upgrades - known.streams);
    this.#advance(backend, known);
  }

  answered(backend: BackendRecord, lease: Lease, status: number): void {
    const known = this.#of(backend);
    known.streams++;
    if (status < FAILS && status !== TOO_MANY) known.gradient.learn(lease.since, this.#clock.now());
    this.#advance(backend, known);
  }

  released(backend: BackendRecord, lease: Lease): void {
    const known = this.#of(backend);
    if (lease.stage === 'streams') known.streams--;
    this.#advance(backend, known);
  }

  /** Most requests at once of this one; undefined before its first. */
  limitOf(backend: BackendRecord): number | undefined {
    return this.#known.get(backend)?.gradient.limit;
  }

  #advance(backend: BackendRecord, { gradient, streams }: Known): void {
    gradient.tick(this.#clock.now());
    backend.concurrency = gradient.limit + streams;
  }

  #of(backend: BackendRecord): Known {
    const known = this.#known.get(backend);
    if (known !== undefined) return known;
    const fresh = { gradient: new GradientLimit(this.#options, this.#random, this.#clock.now()), streams: 0 };
    this.#known.set(backend, fresh);
    return fresh;
  }
}
