import type { Backend } from './backend.js';

/** Where a backend listens, in the words of `net.connect` and `http.request`. */
export interface Endpoint {
  readonly protocol: 'http:' | 'https:';
  readonly hostname: string;
  readonly port: string;
  readonly socketPath?: string;
}

export function endpointOf({ url }: Pick<Backend, 'url'>): Endpoint {
  const { protocol, hostname, port, pathname } = url;
  if (protocol === 'unix:') {
    return { protocol: 'http:', hostname: 'localhost', port: '', socketPath: decodeURIComponent(pathname) };
  }
  // A URL has brackets around an IPv6 address, a socket has none.
  return { protocol: protocol === 'https:' ? protocol : 'http:', hostname: hostname.replace(/^\[|\]$/g, ''), port };
}
