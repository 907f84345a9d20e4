import type { IncomingMessage } from 'node:http';

/** What a request of the dashboard is for. */
export type Route =
  | { readonly kind: 'page' | 'data' | 'stream' | 'history' | 'action' | 'explain' }
  | { readonly kind: 'asset'; readonly version: string; readonly name: string }
  /** The page under a path without a slash at its end, from which its relative links would lead astray. */
  | { readonly kind: 'slash'; readonly location: string };

const NAMES = new Map<string, Route>([
  ['data.json', { kind: 'data' }],
  ['stream', { kind: 'stream' }],
  ['history.json', { kind: 'history' }],
  ['actions', { kind: 'action' }],
  ['explain', { kind: 'explain' }],
]);

/** Path and query of a request target, which may name scheme and host too. */
function split(target: string): { path: string; query: string } {
  const [, path = '', query = ''] = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?]*)?([^?#]*)(\?[^#]*)?/i.exec(target) ?? [];
  return { path, query };
}

/**
 * What is asked for. A mount (Express, Connect) has cut its prefix off; where nobody has, in a route or a server of one's
 * own, the last part of the path decides. Undefined for what is none of ours.
 */
export function routeOf(request: Pick<IncomingMessage, 'url'>): Route | undefined {
  const url = request.url ?? '/';
  const { path } = split(url);
  const [, version, name] = /\/assets\/([\w-]+)\/((?:[\w-]+\/)?[\w-]+\.\w+)$/.exec(path) ?? [];
  if (version !== undefined && name !== undefined) return { kind: 'asset', version, name };
  const known = NAMES.get(path.slice(path.lastIndexOf('/') + 1));
  if (known !== undefined) return known;
  const original: unknown = Reflect.get(request, 'originalUrl');
  const full = split(typeof original === 'string' ? original : url);
  const mounted = typeof original === 'string' && original !== url;
  if (path === '/' || path === '') {
    const last = full.path.slice(full.path.lastIndexOf('/') + 1);
    // Relative, so that it holds behind proxies that add a prefix; `./`, so that it can be read as nothing else.
    return last === '' ? { kind: 'page' } : { kind: 'slash', location: `./${last}/${full.query}` };
  }
  return !mounted && path.endsWith('/') ? { kind: 'page' } : undefined;
}
