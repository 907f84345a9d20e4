export const label = 'httpxy';
export const against = 'http-proxy';

export { middleware } from '../express/httpxy.js';
