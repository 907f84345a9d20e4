import { stringifySetCookie } from 'cookie';
import { z } from 'zod';
import { type Duration, durationSchema, milliseconds } from '../../core/duration.js';
import type { Exchange } from '../../core/exchange.js';

/** How browsers keep the cookie, and for whom. */
export interface CookieAttributes {
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

// RFC 6265, 4.1.1: a path ends at a semicolon; package `cookie` refuses '<' as well.
const attribute = /^[\x20-\x3a\x3d-\x7e]+$/;
// RFC 1035, 2.3.1: what else a host name could be, package `cookie` would throw on with every answer.
const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const host = new RegExp(`^\\.?${label}(\\.${label})*$`, 'i');

const PATH = "a path that begins with '/'";

/** Members of the options' schema. */
export const attributeShape = {
  maxAge: durationSchema(1000).optional(),
  path: z.string(PATH).startsWith('/', PATH).regex(attribute, "printable, without ';' and '<'").optional(),
  domain: z.string('a host name').regex(host, 'a host name').optional(),
  httpOnly: z.boolean('true or false').optional(),
  secure: z.union([z.boolean(), z.literal('auto')], "true, false or 'auto'").optional(),
  sameSite: z.enum(['lax', 'strict', 'none'], "'lax', 'strict' or 'none'").optional(),
  partitioned: z.boolean('true or false').optional(),
};

/** Whether browsers would keep it at all (RFC 6265bis, 5.7). */
export function isKept({ secure, sameSite, partitioned }: CookieAttributes): boolean {
  return secure !== false || (sameSite !== 'none' && partitioned !== true);
}

/** What a name promises that begins with `__Host-` or `__Secure-`, and the options do not keep (RFC 6265bis, 4.1.3). */
export function prefixProblems(
  options: CookieAttributes & { readonly name?: string | undefined },
): { readonly path: keyof CookieAttributes; readonly rule: string }[] {
  const { name = '', secure, path, domain } = options;
  const prefix = /^__(?:host|secure)-/i.exec(name)?.[0];
  if (prefix === undefined) return [];
  const ofHost = prefix.toLowerCase() === '__host-';
  const broken = [
    ['secure', secure === false, 'not false'],
    ['path', ofHost && path !== undefined && path !== '/', "'/'"],
    ['domain', ofHost && domain !== undefined, 'none'],
  ] as const;
  return broken.flatMap(([member, is, rule]) =>
    is ? [{ path: member, rule: `${rule} with a name that begins with '${prefix}': browsers drop such a cookie` }] : [],
  );
}

/**
 * Where the cookie is for: the option, else the mount. With a mount as `/:tenant` the client has a say in it, and may
 * write a semicolon.
 */
export function cookiePath({ path }: CookieAttributes, mount: string): string {
  return path ?? (mount !== '' && attribute.test(mount) ? mount : '/');
}

/** The value of a Set-Cookie line. */
export function setCookie(name: string, value: string, attributes: CookieAttributes, exchange: Exchange): string {
  const { maxAge, domain, httpOnly = true, secure = 'auto', sameSite = 'lax', partitioned } = attributes;
  return stringifySetCookie({
    name,
    value,
    path: cookiePath(attributes, exchange.mount),
    httpOnly,
    secure: secure === 'auto' ? exchange.client.scheme === 'https' : secure,
    sameSite,
    ...(maxAge !== undefined && { maxAge: Math.floor(milliseconds(maxAge) / 1000) }),
    ...(domain !== undefined && { domain }),
    ...(partitioned !== undefined && { partitioned }),
  });
}
