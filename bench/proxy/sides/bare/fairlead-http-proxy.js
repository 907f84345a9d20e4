export const label = 'fairlead (http-proxy)';
/** Its ratio to this side is shown beside the one to the baseline. */
export const against = 'http-proxy';

export { middleware } from '../express/fairlead-p2c.js';
