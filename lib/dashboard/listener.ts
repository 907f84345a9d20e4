import type { Clock } from '../core/clock.js';
import type { EventName, Events, Listener } from '../core/events.js';
import type { LoadBalancer } from '../load-balancer.js';
import { redactor } from '../observe/redact.js';
import type { Level } from './page/protocol.js';
import type { Timeline } from './timeline.js';

/** Milliseconds that a failure counts as one of this moment. */
const RECENT = 10_000;

const withoutSecrets = redactor(undefined);

/** What events have said of one backend. */
interface Notes {
  reason?: string;
  openUntil?: number;
  failure?: { readonly at: number; readonly text: string };
}

/**
 * Hears the events of one balancer: tells the timeline, and keeps why each backend is as it is. It hears only of what is
 * rare or has failed; a record of each request is made as long as somebody looks, and no longer.
 */
export class BalancerListener {
  readonly #balancer: LoadBalancer;
  readonly #name: string;
  readonly #timeline: Timeline;
  readonly #clock: Clock;
  readonly #notes = new Map<string, Notes>();
  readonly #offs: (() => void)[] = [];

  constructor(balancer: LoadBalancer, name: string, timeline: Timeline, clock: Clock) {
    this.#balancer = balancer;
    this.#name = name;
    this.#timeline = timeline;
    this.#clock = clock;
    this.#hear('backend:up', ({ backend, reason }) => this.#told(backend, 'good', `up: ${reason}`, undefined));
    this.#hear('backend:down', ({ backend, reason }) => this.#told(backend, 'bad', `down: ${reason}`, reason));
    this.#hear('breaker:open', (event) => this.#opened(event));
    this.#hear('breaker:half-open', ({ backend, reason }) =>
      this.#told(backend, 'warn', `breaker half open: ${reason}`, reason),
    );
    this.#hear('breaker:close', ({ backend, reason }) => this.#told(backend, 'good', `back: ${reason}`, undefined));
    this.#hear('backend:state', ({ backend, from, to, by }) => {
      const who = by === 'backend' ? 'by its own word' : 'by its operator';
      this.#told(backend, to === 'ready' ? 'good' : 'off', `${from} to ${to}, ${who}`, undefined);
    });
    this.#hear('backend:added', ({ backend }) => this.#told(backend, 'good', 'added', undefined));
    this.#hear('backend:removed', ({ backend }) => {
      this.#told(backend, 'off', 'removed', undefined);
      this.#notes.delete(backend);
    });
    // What a refused client sent is in the message: by it a client could fill the timeline.
    this.#hear('warning', ({ code, message }) =>
      this.#tell(undefined, 'warn', message, code === 'action-refused' ? code : message),
    );
    this.#hear('error', ({ error, backend }) => this.#failed(error, backend));
  }

  /** Why a backend is as it is, as far as events told. */
  heard(backend: string): { reason?: string | undefined; openFor?: number | undefined; failure?: string | undefined } {
    const { reason, openUntil, failure } = this.#notes.get(backend) ?? {};
    const now = this.#clock.now();
    return {
      reason,
      openFor: openUntil === undefined ? undefined : openUntil - now,
      failure: failure !== undefined && now - failure.at < RECENT ? failure.text : undefined,
    };
  }

  /** From now on requests that fail are told of too; returns what ends that. */
  look(): () => void {
    return this.#on('request', ({ outcome, method, url, status, backend, attempts }) => {
      if (outcome !== 'failed') return;
      const tries = attempts > 1 ? ` after ${attempts} attempts` : '';
      this.#tell(backend, 'bad', `${method} ${withoutSecrets(url)} got ${status}${tries}`, `status ${status}`);
    });
  }

  /** Keeps nothing of backends that are gone. */
  keep(ids: ReadonlySet<string>): void {
    for (const id of this.#notes.keys()) if (!ids.has(id)) this.#notes.delete(id);
  }

  close(): void {
    for (const off of this.#offs.splice(0)) off();
  }

  #opened({ backend, reason, openFor }: Events['breaker:open']): void {
    this.#told(backend, 'bad', `breaker open: ${reason}`, reason);
    this.#note(backend).openUntil = this.#clock.now() + openFor;
  }

  #failed({ code, message, blame, cause }: Events['error']['error'], backend: string | undefined): void {
    if (blame === 'client') return;
    // Messages begin with the backend and its address, which stand beside it here.
    const text = cause instanceof Error && cause.message !== '' ? cause.message : message;
    if (backend !== undefined) this.#note(backend).failure = { at: this.#clock.now(), text };
    this.#tell(backend, 'warn', `${text} (${code})`, code);
  }

  #told(backend: string, level: Level, text: string, reason: string | undefined): void {
    const notes = this.#note(backend);
    delete notes.reason;
    delete notes.openUntil;
    if (reason !== undefined) notes.reason = reason;
    this.#timeline.add({ balancer: this.#name, backend, level, text });
  }

  #tell(backend: string | undefined, level: Level, text: string, same: string): void {
    this.#timeline.add({ balancer: this.#name, backend, level, text, same });
  }

  #note(backend: string): Notes {
    const known = this.#notes.get(backend) ?? {};
    this.#notes.set(backend, known);
    return known;
  }

  #hear<Name extends EventName>(event: Name, listener: Listener<Name>): void {
    this.#offs.push(this.#on(event, listener));
  }

  #on<Name extends EventName>(event: Name, listener: Listener<Name>): () => void {
    this.#balancer.on(event, listener);
    return () => this.#balancer.off(event, listener);
  }
}
