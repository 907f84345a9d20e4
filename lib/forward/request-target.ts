import type { IncomingMessage } from 'node:http';

/** What a request asks for, and of whom. */
export interface RequestTarget {
  /** Origin-form, or `*`: as the client sent it, byte for byte. */
  readonly path: string;
  /** The authority of an absolute-form target: it takes the place of Host (RFC 9112, 3.2.2). */
  readonly authority: string | undefined;
}

const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/is;

/** What goes to the backend under a mount: without it, with it, or what a function says. */
export type PathOption = 'stripped' | 'original' | ((request: IncomingMessage) => string);

function chosen(request: IncomingMessage, path: PathOption): string {
  if (typeof path === 'function') return path(request);
  const original: unknown = path === 'original' ? Reflect.get(request, 'originalUrl') : undefined;
  return typeof original === 'string' ? original : (request.url ?? '/');
}

export function requestTarget(request: IncomingMessage, path: PathOption): RequestTarget {
  const target = chosen(request, path);
  const [, authority, rest = ''] = ABSOLUTE.exec(target) ?? [];
  if (authority === undefined) return { path: target, authority: undefined };
  // RFC 9112, 3.2.4: OPTIONS without a path means the server as a whole.
  if (rest === '') return { path: request.method === 'OPTIONS' ? '*' : '/', authority };
  return { path: rest.startsWith('/') ? rest : `/${rest}`, authority };
}
