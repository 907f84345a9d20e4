import type { AdminState, BackendRecord } from '../core/backend.js';
import { weightSchema } from '../core/backend-schema.js';
import { FairleadError } from '../core/errors.js';
import type { Emitter } from '../core/events.js';
import type { Pool } from '../core/pool.js';
import { problemsOf, problemsText, unknownName } from '../core/problems.js';

const STATES: readonly AdminState[] = ['ready', 'drain', 'maintenance'];

/** What operators change while the balancer runs. Everything is checked before anything is changed. */
export class Operations {
  readonly #pool: Pool;
  readonly #events: Emitter;
  readonly #onState: (backend: BackendRecord, from: AdminState) => void;

  /** @param onState called when a backend's state has changed, before the event */
  constructor(pool: Pool, events: Emitter, onState: (backend: BackendRecord, from: AdminState) => void = () => {}) {
    this.#pool = pool;
    this.#events = events;
    this.#onState = onState;
  }

  setState(id: string, state: AdminState): void {
    const backend = this.backend(id);
    if (!STATES.includes(state)) throw unknown('state', state, STATES);
    this.change(backend, state);
  }

  /** The same for one that has been found. */
  change(backend: BackendRecord, state: AdminState): void {
    const from = backend.state;
    if (from === state) return;
    this.#pool.setState(backend, state);
    this.#onState(backend, from);
    this.#events.emit('backend:state', { backend: backend.id, from, to: state });
  }

  setWeight(id: string, weight: number): void {
    const backend = this.backend(id);
    const parsed = weightSchema.safeParse(weight);
    if (!parsed.success) {
      const given = { weight };
      const issues = parsed.error.issues.map(({ message }) => ({ path: ['weight'], message }));
      const problems = problemsOf(issues, given);
      throw new FairleadError('FAIRLEAD_OPTIONS', problemsText(problems, 'setWeight()'), { problems });
    }
    this.#pool.setWeight(backend, parsed.data);
  }

  /** @throws FairleadError FAIRLEAD_OPTIONS for an unknown id */
  backend(id: string): BackendRecord {
    const backend = this.#pool.find(id);
    if (backend !== undefined) return backend;
    const ids = this.#pool.members.map((member) => member.id);
    throw unknown('backend', id, ids);
  }
}

function unknown(noun: string, name: string, known: readonly string[]): FairleadError {
  return new FairleadError('FAIRLEAD_OPTIONS', `'${name}': ${unknownName(noun, name, known)}`);
}
