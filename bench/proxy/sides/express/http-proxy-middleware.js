import { Agent } from 'node:http';
import { createProxyMiddleware } from 'http-proxy-middleware';

export const label = 'http-proxy-middleware 3';

/** As its documentation does it: a `router` function that returns the target. */
export function middleware(/** @type {string[]} */ backends) {
  let next = 0;
  const router = () => {
    next = (next + 1) % backends.length;
    return backends[next];
  };
  return createProxyMiddleware({ target: backends[0], router, agent: new Agent({ keepAlive: true }) });
}
