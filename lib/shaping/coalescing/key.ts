import type { IncomingMessage } from 'node:http';
import type { Exchange } from '../../core/exchange.js';
import { withoutCookie } from '../../util/cookies.js';
import { saidIn } from './shareable.js';

/** What of a request answers depend on, whether or not they say so in Vary. */
const IN_KEY = [
  'authorization',
  'accept',
  'accept-encoding',
  'accept-language',
  // Answers to CORS repeat it, and many forget to say so.
  'origin',
  'range',
  'if-range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  // Of a proxy we trust they reach the backend.
  'x-forwarded-port',
  'x-forwarded-prefix',
];

/** Who is asking, in words of an API's or a gateway's own: clients with others in them share nothing. */
const CREDENTIAL = /^(x-(api-?key|auth|access|user|tenant|account|session|csrf|xsrf)|cf-access-|x-amz-security-token)/;

/** Frameworks take these for another method or another target: one client could choose what the others get. */
const DISGUISED = [
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-original-url',
  'x-original-uri',
  'x-rewrite-url',
];

/** The client wants an answer that was made for it, or none (RFC 9111, 5.2.1 and 5.4). */
const FRESH = /(^|[\s,])(no-cache|no-store|only-if-cached|max-age\s*=\s*"?0+\b)/i;

/** Whether a request may share an answer at all. */
export function mayShare(request: IncomingMessage): boolean {
  const { headers } = request;
  const cacheControl = headers['cache-control'] ?? headers.pragma;
  if (cacheControl !== undefined && FRESH.test(cacheControl)) return false;
  if (headers.expect !== undefined) return false;
  return !DISGUISED.some((name) => headers[name] !== undefined);
}

/** How the parts of a request are read that other floors know of. */
export interface KeySources {
  /** The target as it came, mount and all. */
  readonly target: (request: IncomingMessage) => string;
  /** The host the client asked for, as far as trusted proxies tell. */
  readonly host: (exchange: Exchange) => string | undefined;
  /** The sticky cookie, which no backend sees. */
  readonly stickyCookie: string | undefined;
}

/** What identical requests have in common, unless the user says. */
export function keyOf(exchange: Exchange, { target, host, stickyCookie }: KeySources): string {
  const { request, client, mount } = exchange;
  const cookie = withoutCookie(request.headers.cookie ?? '', stickyCookie) ?? '';
  const credentials = Object.entries(request.headers).filter(([name]) => CREDENTIAL.test(name));
  const said = saidIn(request, IN_KEY);
  return JSON.stringify([client.scheme, host(exchange), mount, target(request), cookie, said, credentials.sort()]);
}
