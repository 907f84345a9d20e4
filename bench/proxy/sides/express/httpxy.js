import { Agent } from 'node:http';
import { createProxyServer } from 'httpxy';

export const label = 'httpxy';

/** As for http-proxy: its own agent would keep 64 idle connections, this one keeps 256. */
export function middleware(/** @type {string[]} */ backends) {
  const agent = new Agent({ keepAlive: true });
  const proxies = backends.map((backend) => {
    const { protocol, host, hostname, port } = new URL(backend);
    return createProxyServer({ target: { protocol, host, hostname, port }, agent });
  });
  let turn = 0;
  return (/** @type {any} */ request, /** @type {any} */ response) => {
    turn = (turn + 1) % proxies.length;
    proxies[turn].web(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
  };
}
