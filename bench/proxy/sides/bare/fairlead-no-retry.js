import { loadBalancer } from '../../../../dist/index.js';

export const label = 'fairlead (retry: false)';
/** What retries and breakers cost where nothing fails, by default. */
export const against = 'fairlead-http-proxy';

export function middleware(/** @type {string[]} */ backends) {
  return loadBalancer({ backends, retry: false });
}
