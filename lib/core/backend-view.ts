import { inspect } from 'node:util';
import { type AdminState, addressOf, type Backend } from './backend.js';

/** A backend as users of the balancer see it: live, and not to be written to. */
export class BackendView implements Backend {
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get id(): string {
    return this.#backend.id;
  }

  /** A copy: a URL object cannot be frozen. */
  get url(): URL {
    return new URL(this.#backend.url);
  }

  get weight(): number {
    return this.#backend.weight;
  }

  get metadata(): Readonly<Record<string, unknown>> {
    return this.#backend.metadata;
  }

  get state(): AdminState {
    return this.#backend.state;
  }

  get active(): number {
    return this.#backend.active;
  }

  get upgrades(): number {
    return this.#backend.upgrades;
  }

  get total(): number {
    return this.#backend.total;
  }

  toJSON(): object {
    const { id, weight, metadata, state, active, upgrades, total } = this.#backend;
    return { id, url: addressOf(this.#backend.url), weight, metadata, state, active, upgrades, total };
  }

  /** What `console.log` shows: getters alone would show nothing. */
  [inspect.custom](): object {
    return this.toJSON();
  }
}
