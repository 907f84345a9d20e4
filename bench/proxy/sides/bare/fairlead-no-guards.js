import { loadBalancer } from '../../../../dist/index.js';

export const label = 'fairlead (retry: false, breaker: false)';
export const against = 'fairlead-http-proxy';

export function middleware(/** @type {string[]} */ backends) {
  return loadBalancer({ backends, retry: false, breaker: false });
}
