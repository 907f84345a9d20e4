import type { IncomingMessage } from 'node:http';
import type { ResponseHead } from '../../core/recipient.js';
import { headerValues } from '../../util/header-list.js';
import type { IgnoredHeader } from './options.js';

/** Nobody's but the one's who asked. */
const KEPT_PRIVATE = /(^|[\s,])(private|no-store|no-cache)\b/i;

/** What we write anew for each client: an answer that varies by it fits one of them only. */
const OF_ONE_CLIENT = new Set(['x-forwarded-for', 'x-real-ip', 'forwarded', 'via']);

/** Of the client's errors (4xx), those that say something of the resource and not of the request (RFC 9110, 15.5). */
const OF_THE_RESOURCE = new Set([404, 405, 410, 451]);

/**
 * Whom an answer fits: nobody but the one who asked (`'asker'`), or everyone whose requests agree with its own in these
 * headers (lower case); none of them: everyone.
 */
export type Fits = 'asker' | readonly string[];

const EVERYONE: readonly string[] = [];

/**
 * Whom an answer fits, as a shared cache would see it (RFC 9111, 3 and 4.1).
 *
 * @param maxBytes how far a client may fall behind: of a longer answer a slow one would be cut off, so it is not shared
 */
export function whomItFits(
  { status, headers }: ResponseHead,
  ignored: ReadonlySet<IgnoredHeader>,
  ownHeaders: ReadonlySet<string>,
  maxBytes: number,
): Fits {
  if (Number(headerValues(headers, 'content-length')[0] ?? 0) > maxBytes) return 'asker';
  if (status >= 400 && status < 500 && !OF_THE_RESOURCE.has(status)) return 'asker';
  if (!ignored.has('set-cookie') && headerValues(headers, 'set-cookie').length > 0) return 'asker';
  if (!ignored.has('cache-control') && KEPT_PRIVATE.test(headerValues(headers, 'cache-control').join(',')))
    return 'asker';
  // It has no end, and a server counts whom it feeds.
  if (/^\s*text\/event-stream\b/i.test(headerValues(headers, 'content-type')[0] ?? '')) return 'asker';
  if (ignored.has('vary')) return EVERYONE;
  const lines = headerValues(headers, 'vary');
  if (lines.length === 0) return EVERYONE;
  const names = lines
    .join(',')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const alone = names.some((name) => name === '*' || OF_ONE_CLIENT.has(name) || ownHeaders.has(name));
  return alone ? 'asker' : names;
}

/** What a request says in these headers, each in full. */
export function saidIn(request: IncomingMessage, names: readonly string[]): string {
  return JSON.stringify(names.map((name) => headerValues(request.rawHeaders, name).map((value) => value.trim())));
}
