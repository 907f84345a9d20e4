import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../core/clock.js';

/** What a cookie says: which backend, and since when. */
export interface Ticket {
  /** What stands for the backend. */
  readonly backend: string;
  /** When the client was pinned and when it was last seen, in ms since the epoch; undefined where no dates are kept. */
  readonly dates: { readonly born: number; readonly seen: number } | undefined;
  /** Right, but to be written anew: it has not been for a while, or is signed with a secret that is on its way out. */
  readonly due: boolean;
}

export interface ValueOptions {
  /** Name of the cookie: a value signed for one name is worth nothing under another. */
  readonly cookie: string;
  /** The first signs, all verify; empty for none. */
  readonly secrets: readonly string[];
  /** Milliseconds; undefined for no limit. */
  readonly maxIdle: number | undefined;
  readonly maxLife: number | undefined;
  /** How long a browser keeps the cookie. */
  readonly maxAge: number | undefined;
  readonly clock: Clock;
}

/** What names a backend in a cookie: opaque, and the same in every process without any configuration. */
export function opaque(id: string): string {
  return createHash('sha256').update(`fairlead\0${id}`).digest('base64url').slice(0, 16);
}

/** `backend`, `backend~born~seen`, either with `.signature` behind it; dates are ms since the epoch in base 36. */
const FORM = /^([\w-]{16})(?:~([0-9a-z]{1,10})~([0-9a-z]{1,10}))?(?:\.([\w-]{43}))?$/;
const SHORTEST = 16;
const LONGEST = SHORTEST + 2 * 11 + 44;

/** How far clocks of two instances may differ. A date further ahead than that was made up. */
const TOLERANCE = 60_000;

/** A value is written anew when this share of its idle time has passed, rather than with every answer. */
const REFRESH = 0.1;

/** Writes and reads the values of one cookie. */
export class CookieValues {
  readonly #options: ValueOptions;
  readonly #keys: readonly KeyObject[];
  readonly #dated: boolean;
  /** Milliseconds after which a value is due: an active client must lose it neither here nor in its browser. */
  readonly #refreshAfter: number;

  constructor(options: ValueOptions) {
    this.#options = options;
    this.#keys = options.secrets.map((secret) => createSecretKey(Buffer.from(secret)));
    const { maxIdle, maxLife, maxAge = Number.POSITIVE_INFINITY } = options;
    this.#dated = maxIdle !== undefined || maxLife !== undefined;
    this.#refreshAfter = maxIdle === undefined ? Number.POSITIVE_INFINITY : REFRESH * Math.min(maxIdle, maxAge);
  }

  /** Whether a ticket can ever be due. */
  get refreshes(): boolean {
    return this.#options.maxIdle !== undefined || this.#keys.length > 1;
  }

  /** @param born when the client was pinned, if it was before */
  write(backend: string, born?: number): string {
    const now = this.#options.clock.date();
    const text = this.#dated ? `${backend}~${(born ?? now).toString(36)}~${now.toString(36)}` : backend;
    const [key] = this.#keys;
    return key === undefined ? text : `${text}.${this.#signature(key, text)}`;
  }

  /** What a value says; undefined for one that we have not written, or that is too old. */
  read(value: string): Ticket | undefined {
    if (value.length > LONGEST) return undefined;
    // The usual case at no cost: whatever else has this length names nobody.
    if (value.length === SHORTEST && !this.#dated && this.#keys.length === 0) {
      return { backend: value, dates: undefined, due: false };
    }
    const [, backend, born, seen, signature] = FORM.exec(value) ?? [];
    if (backend === undefined) return undefined;
    const signer = this.#signer(value, signature);
    if (signer === undefined) return undefined;
    // Dates that are not asked for do no harm: another instance may have newer options than this one.
    if (born === undefined || seen === undefined) {
      return this.#dated ? undefined : { backend, dates: undefined, due: signer > 0 };
    }
    const dates = { born: Number.parseInt(born, 36), seen: Number.parseInt(seen, 36) };
    const idle = this.#options.clock.date() - dates.seen;
    if (!this.#isCurrent(dates, idle)) return undefined;
    return { backend, dates, due: signer > 0 || idle >= this.#refreshAfter };
  }

  #isCurrent({ born, seen }: { born: number; seen: number }, idle: number): boolean {
    const { maxIdle = Number.POSITIVE_INFINITY, maxLife = Number.POSITIVE_INFINITY } = this.#options;
    return born <= seen && idle >= -TOLERANCE && idle <= maxIdle && idle + (seen - born) <= maxLife;
  }

  /** Which secret a value is signed with: 0 for the first, and where nothing is to be signed; undefined for none. */
  #signer(value: string, signature: string | undefined): number | undefined {
    if (this.#keys.length === 0) return signature === undefined ? 0 : undefined;
    if (signature === undefined) return undefined;
    const text = value.slice(0, -signature.length - 1);
    // As text, since its last character has spare bits: several texts decode to the same bytes.
    const given = Buffer.from(signature, 'latin1');
    const at = this.#keys.findIndex((key) => timingSafeEqual(Buffer.from(this.#signature(key, text), 'latin1'), given));
    return at === -1 ? undefined : at;
  }

  #signature(key: KeyObject, text: string): string {
    return createHmac('sha256', key).update(`${this.#options.cookie}\0${text}`).digest('base64url');
  }
}
