import type { Clock } from '../core/clock.js';
import type { BackendChange, EventName, Events, Listener } from '../core/events.js';
import type { LoadBalancer } from '../load-balancer.js';
import { redactor } from '../observe/redact.js';
import type { Level } from './page/protocol.js';
import type { Heard } from './standing.js';
import type { Timeline } from './timeline.js';

/** Milliseconds that a failure counts as one of this moment. */
const RECENT = 10_000;

const withoutSecrets = redactor(undefined);

/** What events have said of one backend: its checks, its breaker and its failures, each by itself. */
interface Notes {
  /** Why they have taken it out. */
  checks?: string | undefined;
  /** Why it is open or on trial, and when one that is open lets a request through. */
  breaker?: { readonly reason: string; readonly until: number | undefined };
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
    this.#hear('backend:up', (event) => this.#checked(event, 'good', 'up', undefined));
    this.#hear('backend:down', (event) => this.#checked(event, 'bad', 'down', event.reason));
    this.#hear('breaker:open', (event) => this.#broke(event, 'bad', 'breaker open', clock.now() + event.openFor));
    this.#hear('breaker:half-open', (event) => this.#broke(event, 'warn', 'breaker half open', undefined));
    this.#hear('breaker:close', ({ backend, reason }) => {
      delete this.#note(backend).breaker;
      this.#happened(backend, 'good', `back: ${reason}`);
    });
    this.#hear('backend:state', ({ backend, from, to, by }) => {
      const who = by === 'backend' ? 'by its own word' : 'by its operator';
      this.#happened(backend, to === 'ready' ? 'good' : 'off', `${from} to ${to}, ${who}`);
    });
    this.#hear('backend:added', ({ backend }) => {
      this.#notes.delete(backend);
      this.#happened(backend, 'good', 'added');
    });
    this.#hear('backend:removed', ({ backend }) => {
      this.#notes.delete(backend);
      this.#happened(backend, 'off', 'removed');
    });
    this.#hear('close', () => this.#happened(undefined, 'off', 'closed'));
    // What a refused client sent is in the message: by it a client could fill the timeline.
    this.#hear('warning', ({ code, message }) =>
      this.#tell(undefined, 'warn', message, code === 'action-refused' ? code : message),
    );
    this.#hear('error', ({ error, backend }) => this.#failed(error, backend));
  }

  /** Why a backend is as it is, as far as events told. */
  heard(backend: string): Omit<Heard, 'drainFor'> {
    const { checks, breaker, failure } = this.#notes.get(backend) ?? {};
    const now = this.#clock.now();
    return {
      checks,
      breaker: breaker?.reason,
      openFor: breaker?.until === undefined ? undefined : breaker.until - now,
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

  #checked({ backend, reason }: BackendChange, level: Level, what: string, why: string | undefined): void {
    this.#note(backend).checks = why;
    this.#happened(backend, level, `${what}: ${reason}`);
  }

  #broke({ backend, reason }: BackendChange, level: Level, what: string, until: number | undefined): void {
    this.#note(backend).breaker = { reason, until };
    this.#happened(backend, level, `${what}: ${reason}`);
  }

  #failed({ code, message, blame, cause }: Events['error']['error'], backend: string | undefined): void {
    if (blame === 'client') return;
    // Messages begin with the backend and its address, which stand beside it here.
    const text = cause instanceof Error && cause.message !== '' ? cause.message : message;
    if (backend !== undefined) this.#note(backend).failure = { at: this.#clock.now(), text };
    this.#tell(backend, 'warn', `${text} (${code})`, code);
  }

  #happened(backend: string | undefined, level: Level, text: string): void {
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
