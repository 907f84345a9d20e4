export const label = 'fairlead (undici)';

export { middleware } from '../express/fairlead-undici.js';
