import { createHash } from 'node:crypto';
import { stringifySetCookie } from 'cookie';
import { z } from 'zod';
import type { Affinity, AffinityModule } from '../core/affinity.js';
import type { Backend, BackendRecord } from '../core/backend.js';
import { type Duration, durationSchema, milliseconds } from '../core/duration.js';
import type { Asker, Exchange } from '../core/exchange.js';
import type { Pool } from '../core/pool.js';
import { strictObject } from '../core/problems.js';

import { cookieValues } from '../util/cookies.js';

export interface CookieStickyOptions {
  /** Default `'fairlead.'` and the balancer's name. Two pools on overlapping paths need two names. */
  readonly name?: string | undefined;
  /** How long the browser keeps it: milliseconds or `'1h'`. Default: until the browser closes. */
  readonly maxAge?: Duration | undefined;
  /** Default: where the balancer is mounted. */
  readonly path?: string | undefined;
  readonly domain?: string | undefined;
  /** Hidden from scripts. Default true. */
  readonly httpOnly?: boolean | undefined;
  /** Sent over TLS only. Default `'auto'`: when the request itself came over TLS, through trusted proxies. */
  readonly secure?: boolean | 'auto' | undefined;
  /** Default `'lax'`. `'none'` needs `secure` to be true or the request to have come over TLS. */
  readonly sameSite?: 'lax' | 'strict' | 'none' | undefined;
  /** Kept apart for each top-level site (CHIPS). Default false. */
  readonly partitioned?: boolean | undefined;
}

/** What names a backend in a cookie: opaque, and the same in every process without any configuration. */
function opaque(id: string): string {
  return createHash('sha256').update(`fairlead\0${id}`).digest('base64url').slice(0, 16);
}

// RFC 6265, 4.1.1: a cookie's name is an HTTP token, its path ends at a semicolon; package `cookie` refuses '<' as well.
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const attribute = /^[\x20-\x3a\x3d-\x7e]+$/;
const host = /^\.?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i;

export const cookieSticky: AffinityModule<CookieStickyOptions> = {
  options: strictObject({
    name: z.string().regex(token, "a cookie name: letters, digits and !#$%&'*+-.^_`|~").optional(),
    maxAge: durationSchema(1000).optional(),
    path: z.string().startsWith('/').regex(attribute, "printable, without ';' and '<'").optional(),
    domain: z.string().regex(host, 'a host name').optional(),
    httpOnly: z.boolean().optional(),
    secure: z.union([z.boolean(), z.literal('auto')]).optional(),
    sameSite: z.enum(['lax', 'strict', 'none']).optional(),
    partitioned: z.boolean().optional(),
  }).refine((options) => options.secure !== false || (options.sameSite !== 'none' && options.partitioned !== true), {
    path: ['secure'],
    message: "not false with sameSite 'none' or partitioned: browsers drop such a cookie",
  }),
  create: (options, balancer) => new CookieAffinity(options, balancer),
};

/** The mount as a cookie path. With a mount as `/:tenant` the client has a say in it, and may write a semicolon. */
function mountPath(mount: string): string {
  return mount !== '' && attribute.test(mount) ? mount : '/';
}

/** Pins a client by a cookie of our own that names its backend. */
class CookieAffinity implements Affinity {
  readonly cookie: string;
  readonly #options: CookieStickyOptions;
  #pool: Pool | undefined;
  /** Both ways between a backend and its cookie's value, made once a pool. */
  #byValue = new Map<string, BackendRecord>();
  #valueOf = new Map<string, string>();

  constructor(options: CookieStickyOptions, balancer: string) {
    this.cookie = options.name ?? `fairlead.${balancer}`;
    this.#options = options;
  }

  find({ request }: Asker, pool: Pool): BackendRecord | undefined {
    this.#learn(pool);
    const values = cookieValues(request.headers.cookie, this.cookie);
    // Forged, foreign, cut, or of a backend that is no more: a value that names nobody of this pool is as if absent.
    const known = values.find((value) => this.#byValue.has(value));
    return known === undefined ? undefined : this.#byValue.get(known);
  }

  pin(exchange: Exchange, backend: Backend): readonly string[] {
    const { maxAge, path, domain, httpOnly = true, secure = 'auto', sameSite = 'lax', partitioned } = this.#options;
    const cookie = stringifySetCookie({
      name: this.cookie,
      value: this.#valueOf.get(backend.id) ?? opaque(backend.id),
      path: path ?? mountPath(exchange.mount),
      httpOnly,
      secure: secure === 'auto' ? exchange.client.scheme === 'https' : secure,
      sameSite,
      ...(maxAge !== undefined && { maxAge: Math.floor(milliseconds(maxAge) / 1000) }),
      ...(domain !== undefined && { domain }),
      ...(partitioned !== undefined && { partitioned }),
    });
    return ['Set-Cookie', cookie];
  }

  #learn(pool: Pool): void {
    if (pool === this.#pool) return;
    this.#pool = pool;
    this.#valueOf = new Map(pool.members.map((backend) => [backend.id, opaque(backend.id)]));
    this.#byValue = new Map(pool.members.map((backend) => [opaque(backend.id), backend]));
  }
}
