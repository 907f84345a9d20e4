import { Agent } from 'node:http';
import httpProxy from 'http-proxy';

/** What the others in Express are compared with. */
export const baseline = true;
export const label = 'http-proxy, bare';

/** As fast as http-proxy goes: one server a backend, its target parsed beforehand, turns taken by hand. */
export function middleware(/** @type {string[]} */ backends) {
  const agent = new Agent({ keepAlive: true });
  const proxies = backends.map((backend) => {
    const { protocol, host, hostname, port } = new URL(backend);
    return httpProxy.createProxyServer({ target: { protocol, host, hostname, port }, agent, ws: true });
  });
  let turn = 0;
  const next = () => {
    turn = (turn + 1) % proxies.length;
    return proxies[turn];
  };
  const web = (/** @type {any} */ request, /** @type {any} */ response) => {
    next().web(request, response, () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
  };
  const upgrade = (/** @type {any} */ request, /** @type {any} */ socket, /** @type {any} */ head) => {
    next().ws(request, socket, head, () => socket.destroy());
  };
  return Object.assign(web, { upgrade });
}
