import type { WarningCode } from '../core/affinity.js';
import { FairleadError } from '../core/errors.js';
import { Emitter, type EventName, type Events } from '../core/events.js';
import type { Logger } from '../core/logger.js';

const reporters = new WeakMap<object, Reporter>();

/** From now on {@link reporterOf} knows this balancer's. */
export function reportsFor(balancer: object, reporter: Reporter): void {
  reporters.set(balancer, reporter);
}

/** What tells of a balancer's affairs, for what stands beside it and has something to tell of it too. */
export function reporterOf(balancer: object): Reporter | undefined {
  return reporters.get(balancer);
}

/** Tells listeners and the log of what fails. Both are a user's own: what they throw is never felt. */
export class Reporter {
  readonly events: Emitter;
  readonly #balancer: string;
  readonly #logger: Logger | undefined;

  constructor(balancer: string, logger: Logger | undefined) {
    this.#balancer = balancer;
    this.#logger = logger;
    this.events = new Emitter(balancer, (thrown, event) => this.#listenerThrew(thrown, event));
  }

  failed(error: FairleadError, backend?: string): void {
    try {
      const fields = { balancer: this.#balancer, code: error.code, backend, err: error };
      if (error.blame === 'proxy') this.#logger?.error(fields, error.message);
      else if (error.blame === 'backend') this.#logger?.warn(fields, error.message);
      else this.#logger?.debug(fields, error.message);
    } catch {
      // Nowhere left to tell.
    }
    this.events.emit('error', backend === undefined ? { error } : { error, backend });
  }

  /** Something is set up wrong, and no single request has failed of it. */
  warned(code: WarningCode, message: string): void {
    this.noted({ code }, message, 'warn');
    this.events.emit('warning', { code, message });
  }

  /** One address makes most of the requests, where clients are told apart by theirs. */
  dominated(address: string, share: number): void {
    const percent = Math.floor(share * 100);
    const what = `${percent} % of a minute's requests came from ${address === '' ? 'a Unix socket' : address}, and so went to one backend`;
    this.warned('untrusted-proxy', `${what}: if that is a proxy in front, declare it with trustProxy`);
  }

  /** A backend, or the balancer itself, is not what it was: an event, and a line in the log that says why. */
  changed<Name extends EventName>(level: 'info' | 'warn', name: Name, event: Events[Name], message: string): void {
    this.noted({ event: name, ...event }, message, level);
    this.events.emit(name, event);
  }

  /** A line in the log alone. */
  noted(fields: object, message: string, level: 'info' | 'warn' = 'info'): void {
    try {
      this.#logger?.[level]({ balancer: this.#balancer, ...fields }, message);
    } catch {
      // Nowhere left to tell.
    }
  }

  /** Code of the user's threw: `what` says which, as in "onError threw". */
  threw(what: string, cause: unknown): void {
    this.failed(new FairleadError('FAIRLEAD_ENGINE', what, { cause }));
  }

  #listenerThrew(thrown: unknown, event: string): void {
    const error = new FairleadError('FAIRLEAD_ENGINE', `a listener of '${event}' threw`, { cause: thrown });
    try {
      this.#logger?.error({ err: error }, error.message);
    } catch {
      // Nowhere left to tell.
    }
    if (event !== 'error') this.events.emit('error', { error });
  }
}
