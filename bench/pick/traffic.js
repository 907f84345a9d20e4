/** What a strategy is asked with: backends, requests from many clients, and loads that move. The same in every run. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { loadBalancer } from '../../dist/index.js';

/** Requests before the traffic repeats itself; a power of two. */
export const PERIOD = 8192;

/** Requests in flight for each backend, on average; no fewer than 16 in all. */
const IN_FLIGHT = 2;

/** Marsaglia's xorshift32: what is measured must not differ from one process to the next. */
function seeded() {
  let state = 0x9e3779b9;
  return (/** @type {number} */ below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Flat, as `remoteAddress` is; a template literal would leave V8 a rope of pieces, slower to hash. */
function address(/** @type {(below: number) => number} */ draw) {
  return Buffer.from(`${1 + draw(223)}.${draw(256)}.${draw(256)}.${1 + draw(254)}`).toString('latin1');
}

/**
 * The very array that a balancer gives its strategy: how it was made decides how fast V8 reads it.
 *
 * @param {readonly import('../../dist/index.js').BackendInput[]} backends
 * @returns {Promise<readonly import('../../dist/index.js').BackendRecord[]>}
 */
function candidatesOf(backends) {
  return new Promise((resolve) => {
    const pick = (/** @type {readonly import('../../dist/index.js').BackendRecord[]} */ candidates) => {
      resolve(candidates);
      throw new Error('seen enough');
    };
    const request = Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url: '/' });
    loadBalancer({ backends, strategy: { pick }, onError: () => {} })(request, new ServerResponse(request));
  });
}

/** @param {number} size number of backends */
export async function traffic(size) {
  const draw = seeded();
  const inputs = Array.from({ length: size }, (_, i) => {
    return { url: `http://10.0.${i >> 8}.${i & 255}:3000`, weight: 1 + (i % 3) };
  });
  const candidates = await candidatesOf(inputs);
  const inFlight = Array.from({ length: Math.max(16, IN_FLIGHT * size) }, () => candidates[draw(size)]);
  for (const backend of inFlight) backend.active++;
  const contexts = Array.from({ length: PERIOD }, () => {
    const key = address(draw);
    return { key, attempt: 0, request: { method: 'GET', url: '/', headers: { host: 'localhost' }, socket: {} } };
  });
  return {
    candidates,
    contexts,
    inFlight,
    /** Which of the requests in flight ends with each step. */
    slots: Uint16Array.from({ length: PERIOD }, () => draw(inFlight.length)),
    /** Who gets the request where no strategy is asked. */
    who: Uint16Array.from({ length: PERIOD }, () => draw(size)),
    outcome: Object.freeze({ kind: 'answered', status: 200, responseTime: 20, duration: 21 }),
  };
}

/** @typedef {Awaited<ReturnType<typeof traffic>>} Traffic */
