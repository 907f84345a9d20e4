import { z } from 'zod';
import type { Affinity, AffinityEnvironment, AffinityModule, Found, PinnedAnswer } from '../core/affinity.js';
import type { BackendRecord } from '../core/backend.js';
import { type Duration, durationSchema, milliseconds } from '../core/duration.js';
import { FairleadError } from '../core/errors.js';
import type { Asker, Exchange } from '../core/exchange.js';
import type { Pool } from '../core/pool.js';
import { problemsText, strictObject } from '../core/problems.js';
import { cookieValues, setCookieName } from '../util/cookies.js';
import { headerValues } from '../util/header-list.js';
import { BESIDE } from './common/lost.js';
import { attributeShape, type CookieAttributes, cookiePath, setCookie } from './cookie/attributes.js';
import { type Claim, claims } from './cookie/claims.js';
import { keptProblems, whyDropped } from './cookie/kept.js';
import { CookieValues, opaque, type Ticket } from './cookie/value.js';

export interface CookieStickyOptions extends CookieAttributes {
  /** Default `'fairlead.'` and the balancer's name. Two pools on overlapping paths need two names. */
  readonly name?: string | undefined;
  /** Signs the value (HMAC-SHA256), so that no client can choose its backend. Of a list the first signs, all verify. */
  readonly secret?: string | readonly string[] | undefined;
  /** Without a request for so long, a client is given a new backend: milliseconds or `'30m'`. Default: no limit. */
  readonly maxIdle?: Duration | undefined;
  /** So long after it was pinned, a client is given a new backend: milliseconds or `'1d'`. Default: no limit. */
  readonly maxLife?: Duration | undefined;
}

// RFC 6265, 4.1.1: a cookie's name is an HTTP token.
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const NAME = "a cookie name: letters, digits and !#$%&'*+-.^_`|~";
const secret = z.string().min(1, 'not empty');
const SECRET = 'a text, or a list of texts';

export const cookieSticky: AffinityModule<CookieStickyOptions> = {
  options: strictObject(
    {
      name: z.string(NAME).regex(token, NAME).optional(),
      secret: z.union([secret, z.array(secret).min(1, 'not empty')], SECRET).optional(),
      maxIdle: durationSchema(1).optional(),
      maxLife: durationSchema(1).optional(),
      ...attributeShape,
    },
    BESIDE,
  )
    .superRefine((options, { issues }) => {
      for (const { path, rule } of keptProblems(options)) {
        issues.push({ code: 'custom', path: [path], message: rule, input: options });
      }
    })
    // An environment variable that is not set: whoever writes `secret` means cookies to be signed.
    .refine((options) => !('secret' in options) || options.secret !== undefined, {
      path: ['secret'],
      message: `${SECRET}, and not undefined: without the key nothing is signed`,
    }),
  create: (options, environment) => new CookieAffinity(options, environment),
};

const NO_LINES: readonly string[] = [];
const NOT_TRIED: readonly BackendRecord[] = [];

/** Values of one name that are looked at: browsers send one for each path and domain; more come from nobody honest. */
const MOST_VALUES = 4;

/** Pins a client by a cookie of our own that names its backend. */
class CookieAffinity implements Affinity {
  readonly cookie: string;
  readonly #options: CookieStickyOptions;
  readonly #values: CookieValues;
  readonly #claim: Claim;
  readonly #warn: AffinityEnvironment['warn'];
  #saidDropped = false;
  #members: readonly BackendRecord[] | undefined;
  /** Both ways between a backend and what stands for it, made once a list of backends. */
  #byName = new Map<string, BackendRecord>();
  #nameOf = new Map<string, string>();
  /** Tickets that are right and to be written anew, until the answer goes out. */
  readonly #due = new WeakMap<object, Ticket>();

  constructor(options: CookieStickyOptions, { balancer, backends, clock, warn }: AffinityEnvironment) {
    const { name, secret = [], maxIdle, maxLife, maxAge, path, domain } = options;
    this.cookie = name ?? `fairlead.${balancer}`;
    this.#options = options;
    this.#warn = warn;
    this.#values = new CookieValues({
      cookie: this.cookie,
      secrets: typeof secret === 'string' ? [secret] : secret,
      maxIdle: maxIdle === undefined ? undefined : milliseconds(maxIdle),
      maxLife: maxLife === undefined ? undefined : milliseconds(maxLife),
      maxAge: maxAge === undefined ? undefined : milliseconds(maxAge),
      clock,
    });
    this.#claim = { cookie: this.cookie, balancer, backends, path, domain };
    const rival = claims.take(this.#claim);
    if (rival !== undefined) throw taken(this.cookie, rival);
  }

  find({ request }: Asker, pool: Pool): Found {
    const values = cookieValues(request.headers.cookie, this.cookie);
    if (values.length === 0) return undefined;
    if (pool.members !== this.#members) this.#learn(pool.members);
    let lost: BackendRecord | undefined;
    for (const value of values.slice(0, MOST_VALUES)) {
      const ticket = this.#values.read(value);
      const backend = ticket && this.#byName.get(ticket.backend);
      if (backend === undefined) continue;
      // One that was set for another path or domain may stand in front of the one that took its place, and would have its
      // client moved with every request.
      if (pool.acceptsPinned(backend, NOT_TRIED) || pool.isBusy(backend)) {
        if (ticket?.due === true) this.#due.set(request, ticket);
        return backend;
      }
      lost ??= backend;
    }
    return lost ?? 'ignored';
  }

  pin(exchange: Exchange, { backend, found, headers }: PinnedAnswer): readonly string[] {
    const held = found === backend;
    const due = held && this.#values.refreshes ? this.#due.get(exchange.request) : undefined;
    if (held && due === undefined) return NO_LINES;
    // A backend that speaks of this very cookie has its reasons.
    if (headerValues(headers, 'set-cookie').some((line) => setCookieName(line) === this.cookie)) return NO_LINES;
    this.#watch(exchange);
    const value = this.#values.write(this.#nameOf.get(backend.id) ?? opaque(backend.id), due?.dates?.born);
    return ['Set-Cookie', setCookie(this.cookie, value, this.#options, exchange)];
  }

  close(): void {
    claims.release(this.#claim);
  }

  #learn(members: readonly BackendRecord[]): void {
    this.#members = members;
    this.#nameOf = new Map(members.map((backend) => [backend.id, opaque(backend.id)]));
    this.#byName = new Map(members.map((backend) => [opaque(backend.id), backend]));
  }

  /** Tells of what only requests show. */
  #watch(exchange: Exchange): void {
    const path = cookiePath(this.#options, exchange.mount);
    const rival = claims.uses(this.#claim, path);
    if (rival !== undefined) this.#warn('cookie-collision', `${collision(this.cookie, rival)} (at ${path})`);
    const why = this.#saidDropped ? undefined : whyDropped(this.cookie, this.#options, exchange);
    if (why === undefined) return;
    this.#saidDropped = true;
    this.#warn('cookie-dropped', `browsers drop the cookie '${this.cookie}', and its clients are moved: ${why}`);
  }
}

function collision(cookie: string, rival: Claim): string {
  return `the balancer '${rival.balancer}' sets the cookie '${cookie}' too, for a path that overlaps: their clients would be moved with every request. Give each balancer a name of its own`;
}

function taken(cookie: string, rival: Claim): FairleadError {
  const rule = `${collision(cookie, rival)}, or close the other first`;
  const problems = [{ path: 'sticky.name', value: cookie, rule }];
  return new FairleadError('FAIRLEAD_OPTIONS', problemsText(problems), { problems });
}
