import type { IncomingMessage } from 'node:http';
import type { Backend, BackendRecord } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import type { Connections, Engine, Flight, TlsOptions, UpstreamRequest } from '../core/engine.js';
import type { FairleadError } from '../core/errors.js';
import type { Exchange } from '../core/exchange.js';
import type { Lease } from '../core/lease.js';
import type { Outcome } from '../core/outcome.js';
import type { Audience, Recipient } from '../core/recipient.js';
import type { AttemptTrace } from '../core/tracer.js';
import { Alarm } from './alarm.js';
import { Attempt } from './attempt.js';
import { Errand, type Terms } from './errand.js';
import type { AttemptGround, Launchable } from './ground.js';
import type { HeaderEdits } from './header-edits.js';
import type { BodyForm } from './request/body.js';
import { guardRequest } from './request/guard.js';
import { type RequestHeadOptions, requestHeaders } from './request/head.js';
import { requestPath } from './request/target.js';
import { Delivery } from './response/delivery.js';
import type { ResponseEdits } from './response/head.js';
import { mappedToMount } from './response/mount-mapping.js';
import type { Timeouts } from './timeouts.js';
import { dialUpgrade } from './upstream/upgrade.js';

export interface ForwarderOptions extends RequestHeadOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly tls: TlsOptions;
  readonly responseHeaders: HeaderEdits;
  /** How many bytes of this request's body are kept for another attempt. */
  readonly keeps: (request: IncomingMessage) => number;
  /** Takes the header in which a backend speaks of itself; undefined where that is not wanted. */
  readonly hears?: ((backend: BackendRecord, header: string) => void) | undefined;
}

/** How long the client of a tunnel that was asked to leave has for it, in ms. */
const PATIENCE = 5_000;

/** Carries exchanges to backends and knows those under way. */
export class Forwarder implements AttemptGround {
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly alarm: Alarm;
  readonly #options: ForwarderOptions;
  /**
   * A list in which each attempt knows its place: a Set that is added to and deleted from all the time re-hashes all the
   * time, and its old tables keep finished requests from the young collector (twice as much was promoted).
   */
  readonly #underWay: Attempt[] = [];

  /** Set once everything has been cut: who still waited to try again comes too late. */
  #over: FairleadError | undefined;
  #closing: FairleadError | undefined;

  constructor(options: ForwarderOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.timeouts = options.timeouts;
    this.alarm = new Alarm(options.clock, () => this.#underWay);
  }

  get closing(): FairleadError | undefined {
    return this.#closing;
  }

  /** What all attempts at this exchange share. */
  errand(exchange: Exchange, audience?: Audience): Errand {
    const { clock, timeouts, keeps } = this.#options;
    const deadline = timeouts.total > 0 ? clock.now() + timeouts.total : Number.POSITIVE_INFINITY;
    return new Errand(exchange, deadline, keeps, audience);
  }

  /** What gives a client its part of an answer that was asked for by another one. */
  recipient(exchange: Exchange, backend: BackendRecord, pin: Terms['pin'], onDrain: () => void): Recipient {
    return new Delivery(exchange, this.#responseEdits(exchange, backend, pin), onDrain);
  }

  /** The bytes, both ways. Never rejects: whatever happens is an outcome. */
  forward(errand: Errand, lease: Lease, terms: Terms): Promise<Outcome> {
    return new Promise((resolve) => {
      const attempt = new Attempt(errand, lease, terms, this, resolve);
      attempt.place = this.#underWay.push(attempt) - 1;
      terms.started?.(() => attempt.abandon());
      if (this.#over !== undefined) attempt.cut(this.#over);
      else attempt.start();
    });
  }

  edits({ errand, lease, terms: { pin, trace } }: Launchable): ResponseEdits {
    return this.#responseEdits(errand.exchange, lease.backend, trace === undefined ? pin : tracedPin(pin, trace));
  }

  launch(attempt: Launchable, fresh: boolean): Flight {
    const { errand, lease, terms } = attempt;
    const request = this.#upstreamRequest(errand, lease.backend, fresh);
    return terms.trace === undefined
      ? this.#send(request, attempt)
      : terms.trace.sends(request, (traced) => this.#send(traced, attempt));
  }

  ended(attempt: Attempt, outcome: Outcome): void {
    this.#leaves(attempt);
    const { over } = attempt.terms;
    // Listeners and loggers hear of a failure, and look for the request that it was.
    if (outcome.kind === 'answered') over?.(outcome);
    else attempt.errand.inContext(() => over?.(outcome));
  }

  /** The request as a shadow backend gets it. @throws FairleadError for one that no backend should see */
  copy(errand: Errand, backend: Backend, bytes: Buffer): UpstreamRequest {
    return {
      ...this.#upstreamRequest(errand, backend, false, errand.formOf(bytes)),
      body: errand.body.kind === 'none' ? undefined : bytes,
    };
  }

  /** How the engine is connected to a backend, where it can tell. */
  connections(backend: Backend): Connections | undefined {
    try {
      return this.#options.engine.connections?.(backend);
    } catch {
      // An engine of the user's own may throw, and statistics are no reason to end a process.
      return undefined;
    }
  }

  /** From now on no tunnel comes about, and answers tell their clients that the connection ends. */
  beginClosing(error: FairleadError): void {
    this.#closing = error;
  }

  /** What is under way, at one backend or at all. */
  underWay(backend?: Backend): readonly Attempt[] {
    return this.#underWay.filter(({ lease }) => backend === undefined || lease.backend === backend);
  }

  /** Asks the tunnels among these to leave. Those that cannot be asked are cut, and those that have not gone in time. */
  endTunnels(attempts: readonly Attempt[], error: FairleadError): void {
    const tunnels = attempts.filter(({ lease }) => lease.isUpgraded);
    const asked = tunnels.filter((attempt) => attempt.tunnel?.leave() === true);
    for (const attempt of tunnels) if (!asked.includes(attempt)) attempt.cut(error);
    if (asked.length === 0) return;
    this.#options.clock.after(PATIENCE, () => {
      for (const attempt of asked) attempt.cut(error);
    });
  }

  /** Ends these now. */
  cut(attempts: readonly Attempt[], error: FairleadError): void {
    for (const attempt of attempts) attempt.cut(error);
  }

  /** Ends everything that is under way, and what comes late. */
  cutAll(error: FairleadError): void {
    this.#over = error;
    this.cut([...this.#underWay], error);
  }

  /** Closes the connections to a backend that has left; nothing is under way there. */
  async release(backend: Backend): Promise<void> {
    await this.#options.engine.release?.(backend);
  }

  async close(): Promise<void> {
    this.alarm.stop();
    await this.#options.engine.close();
  }

  /** The last one takes the place of the one that ended. */
  #leaves(attempt: Attempt): void {
    const last = this.#underWay.pop();
    if (last === undefined || last === attempt) return;
    this.#underWay[attempt.place] = last;
    last.place = attempt.place;
  }

  #responseEdits(exchange: Exchange, backend: BackendRecord, pin: Terms['pin']): ResponseEdits {
    const { responseHeaders, requestId, path, hears } = this.#options;
    const stripped = path === 'stripped' && exchange.mount !== '';
    return {
      pin,
      headers: responseHeaders,
      heard: hears === undefined ? undefined : (header) => hears(backend, header),
      map: stripped ? (name, value) => mappedToMount(name, value, exchange, backend) : undefined,
      added: requestId === undefined || exchange.requestId === undefined ? [] : [requestId, exchange.requestId],
    };
  }

  #send(request: UpstreamRequest, attempt: Launchable): Flight {
    const { engine, tls } = this.#options;
    const { upgrade } = attempt.errand.exchange;
    return upgrade === undefined ? engine.send(request, attempt) : dialUpgrade(request, upgrade, tls, attempt);
  }

  /** @throws FairleadError for a request that no backend should see */
  #upstreamRequest(errand: Errand, backend: Backend, fresh: boolean, form?: BodyForm): UpstreamRequest {
    const { exchange } = errand;
    const { request } = exchange;
    const path = requestPath(request, this.#options.path);
    guardRequest(request, path);
    const { body } = errand;
    return {
      backend,
      method: request.method ?? 'GET',
      path,
      headers: requestHeaders(exchange, backend, form ?? body, this.#options),
      fresh,
      body: body.kind === 'stream' ? body.stream : body.kind === 'bytes' ? body.bytes : undefined,
    };
  }
}

/** The pin is asked for at the commit point, also of a tunnel. */
function tracedPin(pin: Terms['pin'], trace: AttemptTrace): Terms['pin'] {
  return (answer) => {
    trace.commits(answer.status);
    return pin(answer);
  };
}
