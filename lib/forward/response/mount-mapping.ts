import type { Backend } from '../../core/backend.js';
import type { Exchange } from '../../core/exchange.js';
import { clientHost } from '../request/forwarded.js';

/** `/api/x` for `/x` under `/api`. A backend that heeds X-Forwarded-Prefix has put it there itself. */
function underMount(path: string, mount: string): string {
  const inside = path === mount || ['/', '?', '#'].some((end) => path.startsWith(mount + end));
  return inside ? path : mount + path;
}

function sameHost(url: URL, host: string | undefined): boolean {
  const ours = `${url.protocol}//${host}`;
  return host !== undefined && URL.canParse(ours) && new URL(ours).host === url.host;
}

/** A Location as the client has to follow it: paths get the mount, and the backend's own address gives way to ours. */
function location(value: string, exchange: Exchange, backend: Backend): string {
  const { mount, client } = exchange;
  if (value.startsWith('/') && !value.startsWith('//')) return underMount(value, mount);
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) return value;
  const url = new URL(value);
  // Of a chain of proxies the first one was asked by the client.
  const ours = clientHost(exchange)?.split(',')[0]?.trim();
  const atBackend = url.origin === backend.url.origin;
  if (!atBackend && !sameHost(url, ours)) return value;
  const path = underMount(value.replace(/^[a-z]+:\/\/[^/?#]*/i, '') || '/', mount);
  // Who named no host (HTTP/1.0) gets none: least of all the backend's.
  if (ours === undefined) return path;
  return atBackend ? `${client.scheme}://${ours}${path}` : `${url.origin}${path}`;
}

function cookiePath(value: string, mount: string): string {
  // Under a mount as `/:tenant` the client writes it, and could write an attribute.
  if (!/^[\x21-\x3a\x3c-\x7e]*$/.test(mount)) return value;
  // Browsers take a __Host- cookie with the path / only.
  if (/^\s*__Host-/i.test(value)) return value;
  return value.replace(/(;\s*path=)(\/[^;]*)/i, (_all, name: string, path: string) => {
    const trimmed = path.trim();
    return name + (trimmed === '/' ? mount : underMount(trimmed, mount));
  });
}

/**
 * The header line of an answer as it is right under the mount: the backend was asked without it (`path: 'stripped'`) and
 * so speaks of paths without it.
 *
 * @param name in lower case
 */
export function mappedToMount(name: string, value: string, exchange: Exchange, backend: Backend): string {
  if (name === 'location' || name === 'content-location') return location(value, exchange, backend);
  return name === 'set-cookie' ? cookiePath(value, exchange.mount) : value;
}
