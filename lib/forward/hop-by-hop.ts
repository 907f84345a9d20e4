import { STEERING_HEADER } from '../core/check.js';
import { type HeaderList, headerPairs } from '../util/header-list.js';
import { NameSet } from '../util/name-set.js';

/**
 * Headers that belong to one connection and are never passed on (RFC 9110, 7.6.1). `te` and `trailer` are not among
 * them: the first is passed on as `trailers` only, the second where the answer goes out chunked.
 */
const HOP_BY_HOP = new NameSet([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'transfer-encoding',
  'upgrade',
  // The other half of an upgrade to h2c, which we never make.
  'http2-settings',
  // What a backend says of itself is for the balancer next to it.
  STEERING_HEADER,
]);

/** What no trailer may say: framing, routing, who is asking, and how to read what came before it (RFC 9110, 6.5.1). */
const NO_TRAILER =
  /^(host|te|trailer|expect|content-(length|encoding|type|range)|cache-control|authorization|(set-)?cookie|via|(x[-_])?forwarded([-_].*)?|x[-_]real[-_]ip)$/;

/** The trailers that may be passed on, as pairs. */
export function passableTrailers(trailers: HeaderList): [string, string][] {
  return headerPairs(trailers).filter(([name]) => {
    const lower = name.toLowerCase();
    return !HOP_BY_HOP.has(lower) && !NO_TRAILER.test(lower);
  });
}

const NONE: ReadonlySet<string> = new Set();

/** What Connection may not take away: the request would lose its framing or its host (RFC 9110, 7.6.1 forbids it). */
const NEVER_NAMED = new Set(['host', 'content-length', 'cache-control']);

/** Names listed in Connection, lower case, beyond the usual `close` and `keep-alive`. */
export function connectionNamed(connection: string | undefined): ReadonlySet<string> {
  if (connection === undefined || connection === '' || connection === 'keep-alive' || connection === 'close')
    return NONE;
  const names = connection.split(',').map((name) => name.trim().toLowerCase());
  return new Set(names.filter((name) => name !== '' && !NEVER_NAMED.has(name)));
}

/** Whether a header (lower case) stays on this side of the proxy. */
export function isHopByHop(name: string, named: ReadonlySet<string>): boolean {
  return HOP_BY_HOP.has(name) || (named.size > 0 && named.has(name));
}
