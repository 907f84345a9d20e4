import { isDeepStrictEqual } from 'node:util';
import { addressOf, type BackendInput, type BackendRecord, backendRecord, type Declared } from '../core/backend.js';
import { backendSchema, backendsSchema } from '../core/backend-schema.js';
import type { Clock } from '../core/clock.js';
import type { DrainReport } from '../core/drain-report.js';
import { FairleadError } from '../core/errors.js';
import type { Pool } from '../core/pool.js';
import { problemsOf, problemsText } from '../core/problems.js';
import type { Schema } from '../core/schema.js';
import type { Forwarder } from '../forward/forwarder.js';
import type { Reporter } from '../observe/reporter.js';
import { type DrainTerms, drainTerms } from './drain-terms.js';
import { Draining } from './draining.js';
import type { Operations } from './operations.js';
import type { Vitals } from './vitals.js';

type Input = string | URL | BackendInput;

interface Surroundings {
  readonly pool: Pool;
  readonly vitals: Vitals;
  readonly reporter: Reporter;
  readonly operations: Operations;
  readonly forwarder: Forwarder;
  readonly clock: Clock;
  /** Whether clients can be pinned. */
  readonly pins: boolean;
  /** Why the balancer takes no changes any more, once it closes. */
  readonly closing: () => FairleadError | undefined;
}

/** What a list of backends comes to, beside those that are there. */
interface Plan {
  /** All that are declared, in that order. */
  readonly list: readonly BackendRecord[];
  readonly joining: readonly BackendRecord[];
  /** Whose id has another address from now on. */
  readonly displaced: readonly BackendRecord[];
  readonly staying: readonly { readonly backend: BackendRecord; readonly as: BackendRecord }[];
}

/** Who is among the backends, changed while the balancer runs. Everything is checked before anything is changed. */
export class Membership {
  readonly draining: Draining;
  readonly #surroundings: Surroundings;
  /** What was last declared: an operator's `setWeight` stands until another weight is. */
  readonly #declared = new WeakMap<BackendRecord, BackendRecord>();
  #updates = 0;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.draining = new Draining({
      ...surroundings,
      setState: (backend, state) => surroundings.operations.change(backend, state),
      leave: (backend) => this.#left(backend),
    });
    for (const backend of surroundings.pool.members) this.#declared.set(backend, { ...backend });
  }

  /** @throws FairleadError FAIRLEAD_OPTIONS, FAIRLEAD_CLOSING */
  add(input: Input): void {
    const record = backendRecord(parsed(backendSchema, input, 'add()'));
    this.#refuseWhenClosing();
    const { draining } = this;
    const { pool } = this.#surroundings;
    const known = pool.find(record.id);
    if (known !== undefined && !draining.isLeaving(known)) throw taken(record.id);
    const present = pool.members.filter((backend) => !draining.isLeaving(backend));
    this.#carryOut(this.#plan([...present, record]), drainTerms(undefined, ''));
  }

  async remove(id: string, options: unknown): Promise<DrainReport> {
    const terms = drainTerms(options, 'remove()');
    this.#refuseWhenClosing();
    const { operations } = this.#surroundings;
    return this.draining.remove(operations.backend(id), terms);
  }

  async drain(id: string, options: unknown): Promise<DrainReport> {
    const terms = drainTerms(options, 'drain()');
    this.#refuseWhenClosing();
    const { operations } = this.#surroundings;
    return this.draining.drain(operations.backend(id), terms);
  }

  /** @throws FairleadError FAIRLEAD_OPTIONS that lists every problem, FAIRLEAD_CLOSING */
  update(inputs: readonly Input[], options: unknown): void {
    const terms = drainTerms(options, 'update()');
    const records = parsed(backendsSchema, inputs, 'update()').map(backendRecord);
    this.#refuseWhenClosing();
    const { draining } = this;
    const { pool } = this.#surroundings;
    const plan = this.#plan(records);
    const declared = new Set([...plan.list, ...plan.displaced]);
    const leaving = pool.members.filter((backend) => !declared.has(backend) && !draining.isLeaving(backend));
    const update = ++this.#updates;
    this.#carryOut(plan, terms);
    // Who hears of it may have made another: that one has seen everybody, and had the last word.
    for (const backend of leaving) if (update === this.#updates) void draining.remove(backend, terms);
  }

  /** Nothing is under way there any more, and nothing will be. */
  #left(backend: BackendRecord): void {
    const { pool, vitals, reporter, forwarder } = this.#surroundings;
    if (backend.presence !== 'gone') {
      pool.adopt(pool.members.filter((member) => member !== backend));
      this.#tell('backend:removed', backend, 'has left');
    }
    vitals.forget(backend);
    forwarder.release(backend).catch((cause: unknown) => reporter.threw("the engine's release() threw", cause));
  }

  #plan(records: readonly BackendRecord[]): Plan {
    const joining: BackendRecord[] = [];
    const displaced: BackendRecord[] = [];
    const staying: { backend: BackendRecord; as: BackendRecord }[] = [];
    const list = records.map((record) => {
      const known = this.#surroundings.pool.find(record.id);
      if (known === record) return known;
      if (known !== undefined && addressOf(known.url) === addressOf(record.url)) {
        staying.push({ backend: known, as: record });
        return known;
      }
      joining.push(record);
      // Another server under the same id: what is known of the one says nothing of the other.
      if (known !== undefined) displaced.push(known);
      return record;
    });
    return { list, joining, displaced, staying };
  }

  #carryOut({ list, joining, displaced, staying }: Plan, terms: DrainTerms): void {
    const { draining } = this;
    const { pool, vitals } = this.#surroundings;
    const updates = this.#updates;
    for (const { backend, as } of staying) this.#redeclare(backend, as);
    // Whoever leaves stays behind the others until it has.
    const declared = new Set([...list, ...displaced]);
    pool.adopt([...list, ...pool.members.filter((backend) => !declared.has(backend))]);
    for (const backend of displaced) vitals.forget(backend);
    for (const backend of joining) {
      this.#declared.set(backend, { ...backend });
      vitals.watch(backend);
    }
    for (const backend of displaced) this.#tell('backend:removed', backend, 'has left: its id has another address');
    for (const backend of joining) this.#tell('backend:added', backend, 'was added');
    for (const backend of displaced) {
      if (draining.isLeaving(backend)) draining.stateChanged(backend);
      else void draining.remove(backend, terms);
    }
    for (const { backend } of staying) if (updates === this.#updates) draining.stay(backend);
  }

  #redeclare(backend: BackendRecord, as: BackendRecord): void {
    const { pool, vitals, reporter } = this.#surroundings;
    const before = this.#declared.get(backend) ?? backend;
    this.#declared.set(backend, as);
    const weightChanges = as.weight !== before.weight;
    if (weightChanges) pool.setWeight(backend, as.weight);
    const changes = !isDeepStrictEqual(declaredOf(as), declaredOf(before));
    if (changes) pool.redeclare(backend, declaredOf(as));
    if (!isDeepStrictEqual(as.check, before.check)) vitals.recheck(backend);
    if (changes || weightChanges) reporter.noted({ backend: backend.id }, `backend ${backend.id} is declared anew`);
  }

  #refuseWhenClosing(): void {
    const refusal = this.#surroundings.closing();
    if (refusal !== undefined) throw refusal;
  }

  #tell(event: 'backend:added' | 'backend:removed', { id, url }: BackendRecord, what: string): void {
    const told = { backend: id, url: addressOf(url) };
    this.#surroundings.reporter.changed('info', event, told, `backend ${id} (${told.url}) ${what}`);
  }
}

function declaredOf({ priority, zone, metadata, slowStart, check, maxConnections }: BackendRecord): Declared {
  return { priority, zone, metadata, slowStart, check, maxConnections };
}

function parsed<T>(schema: Schema<T>, value: unknown, of: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = problemsOf(result.error.issues, value);
  throw new FairleadError('FAIRLEAD_OPTIONS', problemsText(problems, of), { problems });
}

function taken(id: string): FairleadError {
  const rule = 'an id that no backend has; update() changes one that is there';
  const problems = [{ path: 'id', value: id, rule }];
  return new FairleadError('FAIRLEAD_OPTIONS', problemsText(problems, 'add()'), { problems });
}
