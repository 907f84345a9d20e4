import { inspect } from 'node:util';
import { type AdminState, addressOf, type Backend, type BackendRecord, type BreakerPhase } from './backend.js';
import type { Health } from './check.js';
import type { Pool } from './pool.js';

/**
 * A backend as users of the balancer see it: live, and not to be written to. Its `weight` is the one they asked for; what
 * a strategy sees under that name is `effectiveWeight` here.
 */
export class BackendView implements Backend {
  readonly #backend: BackendRecord;
  readonly #pool: Pool;

  constructor(backend: BackendRecord, pool: Pool) {
    this.#backend = backend;
    this.#pool = pool;
  }

  get id(): string {
    return this.#backend.id;
  }

  /** A copy: a URL object cannot be frozen. */
  get url(): URL {
    return new URL(this.#backend.url);
  }

  /** As declared, or as `setWeight` has set it. */
  get weight(): number {
    return this.#backend.configuredWeight;
  }

  /** What strategies go by: less than `weight` while the backend starts slowly. */
  get effectiveWeight(): number {
    return this.#pool.effectiveWeight(this.#backend);
  }

  get priority(): number {
    return this.#backend.priority;
  }

  get zone(): string | undefined {
    return this.#backend.zone;
  }

  get metadata(): Readonly<Record<string, unknown>> {
    return this.#backend.metadata;
  }

  get state(): AdminState {
    return this.#backend.state;
  }

  /** What active checks say; `unknown` without any. */
  get health(): Health {
    return this.#backend.health;
  }

  /** What its requests say. */
  get breaker(): BreakerPhase {
    return this.#backend.breaker;
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
    const { id, priority, zone, metadata, state, health, breaker, active, upgrades, total } = this.#backend;
    const { weight, effectiveWeight } = this;
    const place = { weight, effectiveWeight, priority, zone };
    return {
      id,
      url: addressOf(this.#backend.url),
      ...place,
      metadata,
      state,
      health,
      breaker,
      active,
      upgrades,
      total,
    };
  }

  /** What `console.log` shows: getters alone would show nothing. */
  [inspect.custom](): object {
    return this.toJSON();
  }
}

/** The members as views, a view a backend for as long as it is one; the same array while they are the same. */
export function viewsOf(pool: Pool): () => readonly BackendView[] {
  const known = new WeakMap<BackendRecord, BackendView>();
  let members: readonly BackendRecord[] | undefined;
  let views: readonly BackendView[] = [];
  const viewOf = (backend: BackendRecord): BackendView => {
    const view = known.get(backend) ?? new BackendView(backend, pool);
    known.set(backend, view);
    return view;
  };
  return () => {
    if (members !== pool.members) {
      members = pool.members;
      views = Object.freeze(members.map(viewOf));
    }
    return views;
  };
}
