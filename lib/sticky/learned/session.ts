import { createHash } from 'node:crypto';
import type { PinnedAnswer } from '../../core/affinity.js';
import type { Asker } from '../../core/exchange.js';
import { cookieValues, setCookieName } from '../../util/cookies.js';
import { headerValues } from '../../util/header-list.js';
import { queryValue } from '../../util/query.js';

/** Keys up to here are kept as they are; of longer ones (a token in a cookie) a hash, so that memory is bounded. */
const LONGEST_KEY = 128;

/** What stands for a session in the store. */
export function sessionKey(value: string): string {
  return value.length <= LONGEST_KEY ? value : createHash('sha256').update(value).digest('base64url');
}

/** What an answer's head says of a session. */
export type Said = { readonly begun: string } | { readonly ended: true } | undefined;

/** Where a session's id stands: in requests, in the heads of answers, and in the bodies of answers. */
export interface SessionSource {
  inRequest(asker: Asker): string | undefined;
  inHead(answer: PinnedAnswer): Said;
  /** Looks at the first bytes; undefined where a body has nothing to say. */
  inBody(asker: Asker, answer: PinnedAnswer): ((start: string) => string | undefined) | undefined;
}

/** Whether a Set-Cookie line takes the cookie back (RFC 6265, 5.3: Max-Age goes before Expires). */
function takesBack(line: string, now: number): boolean {
  const maxAge = /;\s*max-age\s*=\s*(-?\d+)/i.exec(line)?.[1];
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  const expires = /;\s*expires\s*=\s*([^;]+)/i.exec(line)?.[1];
  return expires !== undefined && Date.parse(expires) <= now;
}

/** The app's own session cookie. */
export function cookieSource(name: string, date: () => number): SessionSource {
  return {
    inRequest: ({ request }) => cookieValues(request.headers.cookie, name)[0],
    inHead: ({ headers }) => {
      // Of several the last counts: browsers keep that one.
      const line = headerValues(headers, 'set-cookie').findLast((candidate) => setCookieName(candidate) === name);
      if (line === undefined) return undefined;
      const value = /^[^=]*=([^;]*)/.exec(line)?.[1]?.trim() ?? '';
      return value === '' || takesBack(line, date()) ? { ended: true } : { begun: value };
    },
    inBody: () => undefined,
  };
}

/**
 * An id in the query, first told in the body of an answer: socket.io's `sid`. The answer to a polling handshake is
 * `0{"sid":"...` (engine.io protocol 4), with a length before it in protocol 3.
 */
export function querySource(name: string): SessionSource {
  const quoted = JSON.stringify(name).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const told = new RegExp(`^(?:\\d{1,6}:)?\\d?\\{\\s*${quoted}\\s*:\\s*"([^"\\\\]{1,${LONGEST_KEY}})"`);
  return {
    inRequest: ({ request }) => queryValue(request.url, name),
    inHead: () => undefined,
    inBody: ({ request }, { status, headers }) => {
      if (request.method !== 'GET' || status !== 200 || queryValue(request.url, name) !== undefined) return undefined;
      const coding = headerValues(headers, 'content-encoding')[0] ?? 'identity';
      return coding === 'identity' ? (start) => told.exec(start)?.[1] : undefined;
    },
  };
}
