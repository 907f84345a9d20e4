import { Agent } from 'node:http';
import proxy from 'express-http-proxy';

export const label = 'express-http-proxy';

/** Left alone it says `Connection: close` to the backend, and holds a body back until all of it is there. */
export function middleware(/** @type {string[]} */ backends) {
  const agent = new Agent({ keepAlive: true });
  const proxyReqOptDecorator = (/** @type {any} */ options) => {
    options.headers.connection = 'keep-alive';
    options.agent = agent;
    return options;
  };
  const proxies = backends.map((backend) => proxy(backend, { parseReqBody: false, proxyReqOptDecorator }));
  let turn = 0;
  return (/** @type {any} */ request, /** @type {any} */ response, /** @type {any} */ next) => {
    turn = (turn + 1) % proxies.length;
    proxies[turn](request, response, next);
  };
}
