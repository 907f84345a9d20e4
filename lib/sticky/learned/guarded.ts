import { Guard, type GuardOptions, isLater } from '../../core/guard.js';
import type { StickyStore } from './store.js';

export interface GuardedOptions extends GuardOptions {
  /** Milliseconds, handed to the store with each session. */
  readonly ttl: number;
}

/** A store that may be slow, or fail, as requests may use it. */
export class GuardedStore {
  readonly #store: StickyStore;
  readonly #ttl: number;
  readonly #guard: Guard;
  /** What is being written: the client's next request may come before the store has it. */
  readonly #writing = new Map<string, string | undefined>();

  constructor(store: StickyStore, { ttl, ...options }: GuardedOptions) {
    this.#store = store;
    this.#ttl = ttl;
    this.#guard = new Guard(options);
  }

  get(session: string): string | undefined | Promise<string | undefined> {
    if (this.#writing.size > 0 && this.#writing.has(session)) return this.#writing.get(session);
    return this.#guard.ask(failure('get'), () => {
      const answer = this.#store.get(session);
      return isLater(answer) ? Promise.resolve(answer).then(idOf) : idOf(answer);
    });
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
    this.#write(session, backend, 'set', () => this.#store.set(session, backend, this.#ttl));
  }

  delete(session: string): void {
    this.#write(session, undefined, 'delete', () => this.#store.delete(session));
  }

  /** One that is left alone is not written to either: a client of a server that is gone may keep every command for later. */
  #write(session: string, backend: string | undefined, method: string, run: () => unknown): void {
    const answer = this.#ask(method, run);
    if (!(answer instanceof Promise)) return;
    this.#writing.set(session, backend);
    void answer.then(() => {
      if (this.#writing.get(session) === backend) this.#writing.delete(session);
    });
  }

  #ask(method: string, run: () => unknown): unknown {
    return this.#guard.ask(failure(method), run);
  }
}

function failure(method: string): string {
  return `the sticky store's ${method} failed`;
}

/** A store of the user's own may return anything: what is no id and not nothing would pin nobody, ever, and say nothing. */
function idOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return undefined;
  throw new TypeError(`it gave a value of type ${typeof value}, no backend's id`);
}
