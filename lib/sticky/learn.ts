import { z } from 'zod';
import type { Affinity, AffinityEnvironment, AffinityModule, Found, Look, PinnedAnswer } from '../core/affinity.js';
import { type Duration, durationSchema, milliseconds } from '../core/duration.js';
import type { Asker, Exchange } from '../core/exchange.js';
import type { Pool } from '../core/pool.js';
import { strictObject } from '../core/problems.js';
import { BESIDE } from './common/lost.js';
import { GuardedStore } from './learned/guarded.js';
import { MemoryStore } from './learned/memory.js';
import { cookieSource, querySource, type SessionSource, sessionKey } from './learned/session.js';
import { type StickyStore, storeSchema } from './learned/store.js';

export interface LearnStickyOptions {
  /** Name of the app's own session cookie, as in `'connect.sid'`. Either this or `query`. */
  readonly cookie?: string | undefined;
  /** Name of a query parameter whose value the body of an answer tells first: `'sid'` for socket.io. */
  readonly query?: string | undefined;
  /** How long an unused session is kept: milliseconds or `'1h'`. Default 1 h. */
  readonly ttl?: Duration | undefined;
  /** Sessions that are kept; the longest unused goes first. Default 100,000. Without meaning for a store of one's own. */
  readonly maxEntries?: number | undefined;
  /** Where sessions are kept. Default: in the memory of this process. */
  readonly store?: StickyStore | undefined;
}

// Not a token only (RFC 6265, 4.1.1): this one is of the app's choosing, and browsers keep any.
const anyName = /^[\x21-\x3a\x3c\x3e-\x7e]+$/;
const COOKIE = "the name of a cookie: printable, without spaces, ';' and '='";
const PARAMETER = 'the name of a query parameter';
const TTL = 3_600_000;
const MAX_ENTRIES = 100_000;

export const learnSticky: AffinityModule<LearnStickyOptions> = {
  options: strictObject(
    {
      cookie: z.string(COOKIE).regex(anyName, COOKIE).optional(),
      query: z.string(PARAMETER).min(1, PARAMETER).optional(),
      ttl: durationSchema(1).optional(),
      maxEntries: z.int('a whole number').min(1, 'at least 1').max(10_000_000, 'at most 10,000,000').optional(),
      store: storeSchema.optional(),
    },
    BESIDE,
  ).refine(({ cookie, query }) => (cookie === undefined) !== (query === undefined), {
    message: "either `cookie`, the app's session cookie, or `query`, socket.io's 'sid'",
  }),
  create: (options, environment) => new LearnAffinity(options, environment),
};

const NO_LINES: readonly string[] = [];

/** Bytes of a body that are looked at: an id that is not told by then is told by something else. */
const LOOK_BYTES = 512;

/** Pins a client by a session of the app's own: an answer tells its id, later requests carry it. */
class LearnAffinity implements Affinity {
  readonly #source: SessionSource;
  readonly #store: GuardedStore;

  constructor(options: LearnStickyOptions, { clock, threw }: AffinityEnvironment) {
    const { cookie, query = '', maxEntries = MAX_ENTRIES } = options;
    const ttl = milliseconds(options.ttl ?? TTL);
    this.#source = cookie === undefined ? querySource(query) : cookieSource(cookie, () => clock.date());
    this.#store = new GuardedStore(options.store ?? new MemoryStore(maxEntries, ttl, clock), { clock, ttl, threw });
  }

  find(asker: Asker, pool: Pool): Found | Promise<Found> {
    const session = this.#source.inRequest(asker);
    if (session === undefined || session === '') return undefined;
    const id = this.#store.get(sessionKey(session));
    return id instanceof Promise ? id.then((late) => named(late, pool)) : named(id, pool);
  }

  peek(asker: Asker, pool: Pool): Found | 'unasked' {
    const session = this.#source.inRequest(asker);
    if (session === undefined || session === '') return undefined;
    return this.#store.peeks ? named(this.#store.peek(sessionKey(session)), pool) : 'unasked';
  }

  pin(exchange: Exchange, answer: PinnedAnswer): readonly string[] {
    const { backend, found } = answer;
    const asked = this.#source.inRequest(exchange);
    const said = this.#source.inHead(answer);
    if (said !== undefined && 'begun' in said) {
      // Also one it has told before: sessions in use are told again and again, and that keeps them.
      if (said.begun !== asked || found !== backend) this.#store.set(sessionKey(said.begun), backend.id);
    } else if (asked !== undefined && asked !== '') {
      if (said !== undefined) this.#store.delete(sessionKey(asked));
      // Its backend was lost, or is no more, and this one has it now.
      else if (found !== undefined && found !== backend) this.#store.set(sessionKey(asked), backend.id);
    }
    return NO_LINES;
  }

  look(exchange: Exchange, answer: PinnedAnswer): Look | undefined {
    const find = this.#source.inBody(exchange, answer);
    if (find === undefined) return undefined;
    let start = '';
    return (chunk) => {
      start += chunk.toString('latin1', 0, LOOK_BYTES - start.length);
      const session = find(start);
      if (session !== undefined) this.#store.set(sessionKey(session), answer.backend.id);
      return session === undefined && start.length < LOOK_BYTES;
    };
  }
}

function named(id: string | undefined, pool: Pool): Found {
  return id === undefined ? undefined : (pool.find(id) ?? 'ignored');
}
