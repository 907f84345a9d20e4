import { Agent } from 'node:http';
import httpProxy from 'http-proxy';

/** What the others are compared with. */
export const baseline = true;
export const label = 'http-proxy, bare';

/** As fast as http-proxy goes: one server a backend, its target parsed beforehand, turns taken by hand. */
export function middleware(/** @type {string[]} */ backends) {
  const agent = new Agent({ keepAlive: true });
  const proxies = backends.map((backend) => {
    const { protocol, host, hostname, port } = new URL(backend);
    return httpProxy.createProxyServer({ target: { protocol, host, hostname, port }, agent });
  });
  let next = 0;
  return (/** @type {any} */ request, /** @type {any} */ response) => {
    next = (next + 1) % proxies.length;
    proxies[next].web(request, response, () => response.writeHead(502).end());
  };
}
