import type { IncomingMessage } from 'node:http';

/** What Express and Connect leave on a request. */
interface Routed {
  readonly baseUrl?: unknown;
  readonly originalUrl?: unknown;
}

/**
 * Where the balancer is mounted, as in `/api`, or `''`. Express says so (`baseUrl`); Connect only leaves the whole target
 * in `originalUrl`, of which `url` is the end, with a slash put in front where nothing was left.
 */
export function mountOf(request: IncomingMessage & Routed): string {
  const { baseUrl, originalUrl: original, url = '' } = request;
  if (typeof baseUrl === 'string') return baseUrl;
  if (typeof original !== 'string' || original === url) return '';
  const rest = original.endsWith(url) ? url : url.slice(1);
  return original.endsWith(rest) ? original.slice(0, original.length - rest.length) : '';
}

/** The request target as the client sent it, whatever a router has cut off. */
export function originalTarget({ originalUrl, url = '' }: IncomingMessage & Routed): string {
  return typeof originalUrl === 'string' ? originalUrl : url;
}
