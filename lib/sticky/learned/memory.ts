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
      // Time 0 means `never` to it.
      perf: { now: () => clock.now() + 1 },
      // It would set a timer after each look at the clock to spare itself the next.
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
