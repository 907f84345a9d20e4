import type { Backend } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import type { Engine, UpstreamRequest } from '../core/engine.js';
import type { FairleadError } from '../core/errors.js';
import type { Exchange } from '../core/exchange.js';
import type { Lease } from '../core/lease.js';
import type { Outcome } from '../core/outcome.js';
import { Attempt } from './attempt.js';
import { bodyOf } from './request-body.js';
import { type RequestHeadOptions, requestHeaders } from './request-head.js';
import type { Timeouts } from './timeouts.js';
import { dialUpgrade } from './upgrade.js';

export interface ForwarderOptions extends RequestHeadOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
}

/** Carries exchanges to backends and knows those under way. */
export class Forwarder {
  readonly #options: ForwarderOptions;
  readonly #underWay = new Set<Attempt>();

  constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  /**
   * The bytes, both ways. Never rejects: whatever happens is an outcome.
   *
   * @param pin header lines that pin the client to this backend, asked for at the commit point
   */
  forward(exchange: Exchange, lease: Lease, pin: () => readonly string[]): Promise<Outcome> {
    const { engine, clock, timeouts } = this.#options;
    return new Promise((resolve) => {
      const attempt: Attempt = new Attempt(exchange, lease, { clock, timeouts, pin }, (outcome) => {
        this.#underWay.delete(attempt);
        resolve(outcome);
      });
      this.#underWay.add(attempt);
      attempt.start((sink) => {
        const request = this.#upstreamRequest(exchange, lease.backend);
        return exchange.upgrade === undefined
          ? engine.send(request, sink)
          : dialUpgrade(request, exchange.upgrade, attempt);
      });
    });
  }

  /** Ends what is under way: the upgraded sockets, or everything. Returns how many. */
  cut(which: 'upgrades' | 'all', error: FairleadError): number {
    const attempts = [...this.#underWay].filter((attempt) => which === 'all' || attempt.tunnelling);
    for (const attempt of attempts) attempt.cut(error);
    return attempts.length;
  }

  async close(): Promise<void> {
    await this.#options.engine.close();
  }

  #upstreamRequest(exchange: Exchange, backend: Backend): UpstreamRequest {
    const { request } = exchange;
    const body = bodyOf(request);
    return {
      backend,
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: requestHeaders(exchange, backend, body, this.#options),
      body: body.kind === 'stream' ? request : body.kind === 'bytes' ? body.bytes : undefined,
    };
  }
}
