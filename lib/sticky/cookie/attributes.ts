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

/**
 * Where the cookie is for: the option, else the mount. With a mount as `/:tenant` the client has a say in it, and may
 * write a semicolon.
 */
export function cookiePath({ path }: CookieAttributes, mount: string): string {
  return path ?? (mount !== '' && attribute.test(mount) ? mount : '/');
}

export function isSecure({ secure = 'auto' }: CookieAttributes, { client }: Exchange): boolean {
  return secure === 'auto' ? client.scheme === 'https' : secure;
}

/** The value of a Set-Cookie line. */
export function setCookie(name: string, value: string, attributes: CookieAttributes, exchange: Exchange): string {
  const { maxAge, domain, httpOnly = true, sameSite = 'lax', partitioned } = attributes;
  return stringifySetCookie({
    name,
    value,
    path: cookiePath(attributes, exchange.mount),
    httpOnly,
    secure: isSecure(attributes, exchange),
    sameSite,
    ...(maxAge !== undefined && { maxAge: Math.floor(milliseconds(maxAge) / 1000) }),
    ...(domain !== undefined && { domain }),
    ...(partitioned !== undefined && { partitioned }),
  });
}
