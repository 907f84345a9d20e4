import type { IncomingMessage } from 'node:http';

const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/is;

/** The parts of an absolute-form target (`http://host/a//b?c`); undefined for any other. */
export function absoluteTarget(target: string): { readonly authority: string; readonly rest: string } | undefined {
  if (target.startsWith('/')) return undefined;
  const [, authority, rest = ''] = ABSOLUTE.exec(target) ?? [];
  return authority === undefined ? undefined : { authority, rest };
}

/** What goes to the backend under a mount: without it, with it, or what a function says. */
export type PathOption = 'stripped' | 'original' | ((request: IncomingMessage) => string);

function chosen(request: IncomingMessage, path: PathOption): string {
  if (typeof path === 'function') return path(request);
  const original: unknown = path === 'original' ? Reflect.get(request, 'originalUrl') : undefined;
  return typeof original === 'string' ? original : (request.url ?? '/');
}

/** The path for the backend: origin-form or `*`, as the client sent it, byte for byte. */
export function requestPath(request: IncomingMessage, option: PathOption): string {
  const path = chosen(request, option);
  const absolute = absoluteTarget(path);
  if (absolute === undefined) return path;
  // RFC 9112, 3.2.4: OPTIONS without a path means the server as a whole.
  if (absolute.rest === '') return request.method === 'OPTIONS' ? '*' : '/';
  return absolute.rest.startsWith('/') ? absolute.rest : `/${absolute.rest}`;
}
