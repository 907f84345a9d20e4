import type { Backend } from '../core/backend.js';
import type { Exchange } from '../core/exchange.js';
import { clientHost } from './forwarded.js';

/** `/api/x` for `/x` under `/api`. A backend that heeds X-Forwarded-Prefix has put it there itself. */
function underMount(path: string, mount: string): string {
  const inside = path === mount || ['/', '?', '#'].some((end) => path.startsWith(mount + end));
  return inside ? path : mount + path;
}

/** A Location as the client has to follow it: paths get the mount, and the backend's own address gives way to ours. */
function location(value: string, exchange: Exchange, backend: Backend): string {
  const { mount, client } = exchange;
  if (value.startsWith('/') && !value.startsWith('//')) return underMount(value, mount);
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) return value;
  const url = new URL(value);
  const ours = clientHost(exchange);
  const atBackend = url.origin === backend.url.origin;
  if (!atBackend && url.host !== ours) return value;
  const path = underMount(value.replace(/^[a-z]+:\/\/[^/?#]*/i, '') || '/', mount);
  // Who named no host (HTTP/1.0) gets none: least of all the backend's.
  if (ours === undefined) return path;
  return `${atBackend ? client.scheme : url.protocol.slice(0, -1)}://${ours}${path}`;
}

function cookiePath(value: string, mount: string): string {
  // Under a mount as `/:tenant` the client writes it, and could write an attribute.
  if (!/^[\x21-\x3a\x3c-\x7e]*$/.test(mount)) return value;
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
