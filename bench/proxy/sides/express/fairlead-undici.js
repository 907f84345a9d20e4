import { loadBalancer } from '../../../../dist/index.js';

export const label = 'fairlead (p2c, undici)';

export function middleware(/** @type {string[]} */ backends) {
  return loadBalancer({ backends, engine: 'undici' });
}
