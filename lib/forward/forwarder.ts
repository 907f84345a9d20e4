import type { Look } from '../core/affinity.js';
import type { Backend, BackendRecord } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import type { Engine, TlsOptions, UpstreamRequest } from '../core/engine.js';
import type { FairleadError } from '../core/errors.js';
import type { Exchange } from '../core/exchange.js';
import type { Lease } from '../core/lease.js';
import type { Outcome } from '../core/outcome.js';
import { Attempt } from './attempt.js';
import type { HeaderEdits } from './header-edits.js';
import { bodyOf } from './request/body.js';
import { guardRequest } from './request/guard.js';
import { type RequestHeadOptions, requestHeaders } from './request/head.js';
import { requestPath } from './request/target.js';
import type { AnswerHead, ResponseEdits } from './response/head.js';
import { mappedToMount } from './response/mount-mapping.js';
import type { Timeouts } from './timeouts.js';
import { dialUpgrade } from './upstream/upgrade.js';

export interface ForwarderOptions extends RequestHeadOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly tls: TlsOptions;
  readonly responseHeaders: HeaderEdits;
  /** Takes the header in which a backend speaks of itself; undefined where that is not wanted. */
  readonly hears?: ((backend: BackendRecord, header: string) => void) | undefined;
}

/** Who sees a backend's answer before the client does. */
export interface AnswerHooks {
  /** Header lines that pin the client to this backend; asked for at the commit point. */
  readonly pin: (answer: AnswerHead) => readonly string[];
  /** Who is to see the first bytes of the body. */
  readonly look?: ((answer: AnswerHead) => Look | undefined) | undefined;
}

/** Carries exchanges to backends and knows those under way. */
export class Forwarder {
  readonly #options: ForwarderOptions;
  /**
   * A list in which each attempt knows its place: a Set that is added to and deleted from all the time re-hashes all the
   * time, and its old tables keep finished requests from the young collector (twice as much was promoted).
   */
  readonly #underWay: Attempt[] = [];

  #tunnelsEnd: FairleadError | undefined;
  readonly #refusesTunnels = (): FairleadError | undefined => this.#tunnelsEnd;

  constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  /**
   * The bytes, both ways. Never rejects: whatever happens is an outcome.
   *
   * @param hooks who sees the answer at the commit point, to pin the client to this backend
   */
  forward(exchange: Exchange, lease: Lease, hooks: AnswerHooks): Promise<Outcome> {
    const { engine, clock, timeouts, tls } = this.#options;
    const edits = this.#responseEdits(exchange, lease.backend, hooks.pin);
    const { look } = hooks;
    const refusesTunnels = this.#refusesTunnels;
    return new Promise((resolve) => {
      const attempt: Attempt = new Attempt(
        exchange,
        lease,
        { clock, timeouts, edits, look, refusesTunnels },
        (outcome) => {
          this.#ended(attempt);
          resolve(outcome);
        },
      );
      attempt.place = this.#underWay.push(attempt) - 1;
      attempt.start((sink, fresh) => {
        const request = this.#upstreamRequest(exchange, lease.backend, fresh);
        return exchange.upgrade === undefined
          ? engine.send(request, sink)
          : dialUpgrade(request, exchange.upgrade, tls, sink);
      });
    });
  }

  /** Closes the upgraded sockets, and lets no more come about. Returns how many. */
  endTunnels(error: FairleadError): number {
    this.#tunnelsEnd = error;
    return this.#cut(
      this.#underWay.filter((attempt) => attempt.tunnelling),
      error,
    );
  }

  /** Ends everything that is under way. Returns how much that was. */
  cutAll(error: FairleadError): number {
    return this.#cut([...this.#underWay], error);
  }

  #cut(attempts: readonly Attempt[], error: FairleadError): number {
    for (const attempt of attempts) attempt.cut(error);
    return attempts.length;
  }

  /** The last one takes the place of the one that ended. */
  #ended(attempt: Attempt): void {
    const last = this.#underWay.pop();
    if (last === undefined || last === attempt) return;
    this.#underWay[attempt.place] = last;
    last.place = attempt.place;
  }

  async close(): Promise<void> {
    await this.#options.engine.close();
  }

  #responseEdits(exchange: Exchange, backend: BackendRecord, pin: AnswerHooks['pin']): ResponseEdits {
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

  /** @throws FairleadError for a request that no backend should see */
  #upstreamRequest(exchange: Exchange, backend: Backend, fresh: boolean): UpstreamRequest {
    const { request } = exchange;
    const path = requestPath(request, this.#options.path);
    guardRequest(request, path);
    const body = bodyOf(request);
    return {
      backend,
      method: request.method ?? 'GET',
      path,
      headers: requestHeaders(exchange, backend, body, this.#options),
      fresh,
      body: body.kind === 'stream' ? request : body.kind === 'bytes' ? body.bytes : undefined,
    };
  }
}
