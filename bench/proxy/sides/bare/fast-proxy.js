import fastProxy from 'fast-proxy';

export const label = 'fast-proxy';

/** With its undici in place of node:http. */
export function middleware(/** @type {string[]} */ backends) {
  const proxies = backends.map((base) => fastProxy({ base, undici: true }).proxy);
  let turn = 0;
  return (/** @type {any} */ request, /** @type {any} */ response) => {
    turn = (turn + 1) % proxies.length;
    proxies[turn](request, response, request.url, {});
  };
}
