import type { Clock } from '../../core/clock.js';
import type { StickyStore } from './store.js';

/** How long a request waits for the store: longer, and a client is better off with any backend. */
export const STORE_TIMEOUT = 100;

/** How long a store that gave no answer in time is left alone, in ms: each request would wait for it again. */
export const STORE_REST = 5_000;

export interface GuardedOptions {
  readonly clock: Clock;
  /** Milliseconds, handed to the store with each session. */
  readonly ttl: number;
  /** Hears of a failure, and of the next one only when the store has worked in between. */
  readonly threw: (what: string, cause: unknown) => void;
}

/**
 * A store that may be slow, or fail, as requests may use it: it never throws, and answers in time or not at all. One that
 * hangs is left alone for a while, then asked by one request; the others do not wait for what comes of that.
 */
export class GuardedStore {
  readonly #store: StickyStore;
  readonly #options: GuardedOptions;
  #reported = false;
  /** Until then it is left alone; -Infinity while it works. */
  #restsUntil = Number.NEGATIVE_INFINITY;
  /** What is being written: the client's next request may come before the store has it. */
  readonly #writing = new Map<string, string | undefined>();

  constructor(store: StickyStore, options: GuardedOptions) {
    this.#store = store;
    this.#options = options;
  }

  get(session: string): string | undefined | Promise<string | undefined> {
    if (this.#writing.size > 0 && this.#writing.has(session)) return this.#writing.get(session);
    if (this.#rests()) return undefined;
    try {
      const answer = this.#store.get(session);
      return isLater(answer) ? this.#inTime(answer, 'get').then(idOf) : this.#worked(idOf(answer));
    } catch (thrown) {
      return this.#failed('get', thrown);
    }
  }

  /** Whether it can be asked without leaving a trace. */
  get peeks(): boolean {
    return this.#store.peek !== undefined;
  }

  peek(session: string): string | undefined {
    try {
      return this.#store.peek?.(session);
    } catch {
      return undefined;
    }
  }

  set(session: string, backend: string): void {
    this.#write(session, backend, 'set', () => this.#store.set(session, backend, this.#options.ttl));
  }

  delete(session: string): void {
    this.#write(session, undefined, 'delete', () => this.#store.delete(session));
  }

  /** Whether it is left alone. When its time is over the first to ask finds out; until that is known it is for the others. */
  #rests(): boolean {
    if (this.#restsUntil === Number.NEGATIVE_INFINITY) return false;
    const now = this.#options.clock.now();
    if (now < this.#restsUntil) return true;
    this.#restsUntil = now + STORE_TIMEOUT;
    return false;
  }

  #write(session: string, backend: string | undefined, method: string, run: () => unknown): void {
    // A client of a server that is gone may keep every command for later.
    if (this.#rests()) return;
    try {
      const answer = run();
      if (!isLater(answer)) return;
      this.#writing.set(session, backend);
      void this.#inTime(answer, method).then(() => {
        if (this.#writing.get(session) === backend) this.#writing.delete(session);
      });
    } catch (thrown) {
      this.#failed(method, thrown);
    }
  }

  /** Never rejects. */
  #inTime(answer: PromiseLike<unknown>, method: string): Promise<unknown> {
    return new Promise((resolve) => {
      // What comes too late is no sign that it works: a store that is always slow would be waited for, and told of, anew.
      let late = false;
      const timer = this.#options.clock.after(STORE_TIMEOUT, () => {
        late = true;
        resolve(this.#failed(method, new Error(`no answer within ${STORE_TIMEOUT} ms`)));
        this.#restsUntil = this.#options.clock.now() + STORE_REST;
      });
      // A thenable of the user's own may throw where a promise would reject.
      Promise.resolve(answer).then(
        (value) => {
          timer.cancel();
          if (!late) resolve(this.#worked(value));
        },
        (reason: unknown) => {
          timer.cancel();
          if (!late) resolve(this.#failed(method, reason));
        },
      );
    });
  }

  #worked<T>(value: T): T {
    this.#reported = false;
    this.#restsUntil = Number.NEGATIVE_INFINITY;
    return value;
  }

  #failed(method: string, cause: unknown): undefined {
    // It has said so in time: that costs nobody a wait.
    this.#restsUntil = Number.NEGATIVE_INFINITY;
    if (!this.#reported) this.#options.threw(`the sticky store's ${method} failed`, cause);
    this.#reported = true;
    return undefined;
  }
}

function isLater(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** A store of the user's own may return anything. */
function idOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
