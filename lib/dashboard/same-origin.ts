import type { IncomingMessage } from 'node:http';

/** The host a browser's `Origin` names; undefined for `null` and what is none. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

/** A client's words for a log: short, on one line, in quotes. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}...` : text);
}

/**
 * Why a request is not taken for one of the dashboard's own page; undefined if it is. A browser says so itself in
 * `Sec-Fetch-Site`, which no script can set and no proxy in front makes wrong. It does not over plain HTTP: there `Origin`
 * has to name the host that was asked. Whoever says neither is refused.
 */
export function foreign({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const { 'sec-fetch-site': site, origin } = headers;
  if (site !== undefined) return site === 'same-origin' ? undefined : `it is ${quoted(String(site))}, not same-origin`;
  if (origin === undefined) return 'it has neither Sec-Fetch-Site nor Origin';
  // HTTP/2 has its host elsewhere.
  const host = headers.host ?? headers[':authority'];
  return hostOf(origin) === String(host).toLowerCase() ? undefined : `its origin is ${quoted(origin)}`;
}
