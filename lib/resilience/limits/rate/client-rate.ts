import type { Clock } from '../../../core/clock.js';
import { FairleadError } from '../../../core/errors.js';
import type { Asker } from '../../../core/exchange.js';
import { type HashKey, requestKey } from '../../../util/request-key.js';
import { GuardedLimiter, type RateLimiter } from './limiter.js';

export interface ClientRateOptions {
  readonly limiter: RateLimiter;
  /** What tells clients apart. */
  readonly key: HashKey;
  readonly clock: Clock;
  readonly threw: (what: string, cause: unknown) => void;
}

/** How many requests a client may make in a span of time. What goes wrong in here lets the request through. */
export class ClientRate {
  readonly #options: ClientRateOptions;
  readonly #limiter: GuardedLimiter;
  readonly #keyOf: (asker: Asker) => string;
  #limited = 0;

  constructor(options: ClientRateOptions) {
    this.#options = options;
    this.#limiter = new GuardedLimiter(options.limiter, 'clients', options);
    this.#keyOf = requestKey(options.key);
  }

  /** Requests that were refused. */
  get limited(): number {
    return this.#limited;
  }

  /** Why this client has to wait; undefined if it has not. Never rejects. */
  async refuses(asker: Asker): Promise<FairleadError | undefined> {
    let key: string;
    try {
      key = this.#keyOf(asker);
    } catch (thrown) {
      this.#options.threw('limits.rate.client.key threw', thrown);
      return undefined;
    }
    const said = await this.#limiter.consume(key);
    if (said === undefined || said.allowed) return undefined;
    this.#limited++;
    const retryAfter = Math.max(1, Math.ceil(said.wait / 1000));
    return new FairleadError('FAIRLEAD_RATE_LIMITED', `client ${key} makes too many requests`, { retryAfter });
  }
}
