import type { IncomingMessage } from 'node:http';

function text(request: IncomingMessage, field: string): string | undefined {
  const value: unknown = Reflect.get(request, field);
  return typeof value === 'string' ? value : undefined;
}

/**
 * Where the balancer is mounted, as in `/api`, or `''`. Express says so (`baseUrl`); Connect only leaves the whole target
 * in `originalUrl`, of which `url` is the end, with a slash put in front where nothing was left.
 */
export function mountOf(request: IncomingMessage): string {
  const base = text(request, 'baseUrl');
  if (base !== undefined) return base;
  const original = text(request, 'originalUrl');
  const url = request.url ?? '';
  if (original === undefined || original === url) return '';
  const rest = original.endsWith(url) ? url : url.slice(1);
  return original.endsWith(rest) ? original.slice(0, original.length - rest.length) : '';
}

/** The request target as the client sent it, whatever a router has cut off. */
export function originalTarget(request: IncomingMessage): string {
  return text(request, 'originalUrl') ?? request.url ?? '';
}
