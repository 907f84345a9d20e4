import { loadBalancer } from '../../../../dist/index.js';

export const label = 'fairlead (p2c, the default)';

export function middleware(/** @type {string[]} */ backends) {
  return loadBalancer({ backends });
}
