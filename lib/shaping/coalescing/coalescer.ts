import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.js';
import type { Exchange } from '../../core/exchange.js';
import type { ResponseHead } from '../../core/recipient.js';
import type { Guest } from './guest.js';
import { type KeySources, keyOf, mayShare } from './key.js';
import type { Member } from './member.js';
import type { IgnoredHeader, ParsedCoalesce } from './options.js';
import { type Fits, saidIn, whomItFits } from './shareable.js';
import { SharedAnswer } from './shared-answer.js';

/** How long, in ms, what an answer said of its sharing is remembered: as Varnish's hit-for-miss. */
const REMEMBERED = 120_000;

/** For so many keys at most. */
const MOST_REMEMBERED = 1_000;

interface Remembered {
  readonly fits: Fits;
  readonly until: number;
}

export interface CoalescerOptions extends ParsedCoalesce, KeySources {
  readonly clock: Clock;
  /** Whether a body follows the head. */
  readonly hasBody: (exchange: Exchange) => boolean;
  /** Headers (lower case) that we write anew for each request. */
  readonly ownHeaders: readonly string[];
  /** The user's `key` threw: such a request goes on its own. */
  readonly threw: (what: string, cause: unknown) => void;
}

/** A place among those who share an answer. */
export interface Place {
  readonly shared: SharedAnswer;
  readonly member: Member;
  /** Whether it is this one's request that has to be sent. */
  readonly leads: boolean;
}

/** Finds identical requests that are under way, and lets them share an answer (Squid's collapsed forwarding). */
export class Coalescer {
  readonly #options: CoalescerOptions;
  readonly #methods: ReadonlySet<string | undefined>;
  readonly #ignored: ReadonlySet<IgnoredHeader>;
  readonly #ownHeaders: ReadonlySet<string>;
  /** Exchanges whose answer has not begun. */
  readonly #open = new Map<string, SharedAnswer>();
  readonly #remembered = new LRUCache<string, Remembered>({ max: MOST_REMEMBERED });
  #coalesced = 0;

  constructor(options: CoalescerOptions) {
    this.#options = options;
    this.#methods = new Set(options.methods);
    this.#ignored = new Set(options.ignoreHeaders);
    this.#ownHeaders = new Set(options.ownHeaders);
  }

  /**
   * A place for this request; undefined where it goes on its own.
   *
   * @param pinned id of the backend its client is pinned to, or `''`: clients of two backends share nothing
   */
  place(exchange: Exchange, pinned: string, guest: Guest): Place | undefined {
    const base = this.#key(exchange, pinned);
    const fits = base === undefined ? 'asker' : this.#known(base);
    if (base === undefined || fits === 'asker') return undefined;
    // What an earlier answer varied by tells requests apart from the start (RFC 9111, 4.1).
    const key = fits.length === 0 ? base : base + saidIn(exchange.request, fits);
    const standing = this.#open.get(key);
    if (standing !== undefined) return this.#joined(standing, guest, false);
    const { maxBytes, clock } = this.#options;
    const shared: SharedAnswer = new SharedAnswer(maxBytes, clock, {
      judge: (head) => this.#judge(base, head),
      closed: () => {
        if (this.#open.get(key) === shared) this.#open.delete(key);
      },
    });
    this.#open.set(key, shared);
    return this.#joined(shared, guest, true);
  }

  /** How many got an answer that they had not asked for themselves. */
  get coalesced(): number {
    return this.#coalesced;
  }

  #joined(shared: SharedAnswer, guest: Guest, leads: boolean): Place {
    const member = shared.join(guest);
    void member.end.then((end) => {
      if (!leads && end !== 'alone') this.#coalesced++;
    });
    return { shared, member, leads };
  }

  #key(exchange: Exchange, pinned: string): string | undefined {
    const { request, response, upgrade } = exchange;
    if (upgrade !== undefined || !this.#methods.has(request.method) || this.#options.hasBody(exchange))
      return undefined;
    if (response.destroyed || response.closed || request.socket.destroyed || !mayShare(request)) return undefined;
    const own = this.#options.key === undefined ? keyOf(exchange, this.#options) : this.#told(exchange);
    return own === undefined ? undefined : JSON.stringify([request.method, pinned, own]);
  }

  #told({ request }: Exchange): string | undefined {
    try {
      const key: unknown = this.#options.key?.(request);
      return typeof key === 'string' && key !== '' ? key : undefined;
    } catch (cause) {
      this.#options.threw("coalesce's key threw", cause);
      return undefined;
    }
  }

  #known(base: string): Fits {
    const known = this.#remembered.get(base);
    if (known === undefined) return [];
    if (known.until > this.#options.clock.now()) return known.fits;
    this.#remembered.delete(base);
    return [];
  }

  #judge(base: string, head: ResponseHead): Fits {
    const fits = whomItFits(head, this.#ignored, this.#ownHeaders, this.#options.maxBytes);
    // A failure says nothing of the answers to come.
    if (fits.length > 0 && head.status < 400) {
      this.#remembered.set(base, { fits, until: this.#options.clock.now() + REMEMBERED });
    }
    return fits;
  }
}
