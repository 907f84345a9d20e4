import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.js';
import type { StickyStore } from './store.js';

/** Sessions in the memory of this process: the longest unused goes when it is full. */
export class MemoryStore implements StickyStore {
  readonly #sessions: LRUCache<string, string>;

  constructor(maxEntries: number, ttl: number, clock: Clock) {
    this.#sessions = new LRUCache({
      max: maxEntries,
      ttl,
      updateAgeOnGet: true,
      // Its own would be a global `performance`, and a timer a request to spare it the look.
      perf: { now: () => clock.now() },
      ttlResolution: 0,
    });
  }

  get(session: string): string | undefined {
    return this.#sessions.get(session);
  }

  peek(session: string): string | undefined {
    return this.#sessions.peek(session);
  }

  set(session: string, backend: string): void {
    this.#sessions.set(session, backend);
  }

  delete(session: string): void {
    this.#sessions.delete(session);
  }
}
