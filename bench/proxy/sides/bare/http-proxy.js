export const label = 'http-proxy, bare';

export { middleware } from '../express/http-proxy.js';
