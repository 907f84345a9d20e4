import { loadBalancer } from '../../../../dist/index.js';

export const label = 'fairlead (round-robin)';

export function middleware(/** @type {string[]} */ backends) {
  return loadBalancer({ backends, strategy: 'round-robin' });
}
