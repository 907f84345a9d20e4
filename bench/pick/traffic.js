/** What a strategy is asked with: backends, requests from many clients, and loads that move. The same in every run. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { loadBalancer } from '../../dist/index.js';

/** Requests before the traffic repeats itself; a power of two. By then every backend is back at the load it began with. */
export const PERIOD = 8192;

const MOST_ACTIVE = 8;

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

/**
 * Which backend's load changes before each request, and by how much: a walk between 0 and MOST_ACTIVE, then back again.
 *
 * @param {readonly { active: number }[]} backends
 * @param {(below: number) => number} draw
 */
function walk(backends, draw) {
  const who = new Uint16Array(PERIOD);
  const by = new Int8Array(PERIOD);
  const loads = backends.map((backend) => backend.active);
  for (let i = 0; i < PERIOD / 2; i++) {
    const at = draw(backends.length);
    const load = /** @type {number} */ (loads[at]);
    const step = load === 0 || (load < MOST_ACTIVE && draw(2) === 0) ? 1 : -1;
    loads[at] = load + step;
    who[i] = who[PERIOD - 1 - i] = at;
    by[i] = step;
    by[PERIOD - 1 - i] = -step;
  }
  return { who, by };
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
  for (const backend of candidates) backend.active = draw(MOST_ACTIVE + 1);
  const contexts = Array.from({ length: PERIOD }, () => {
    const key = address(draw);
    return { key, attempt: 0, request: { method: 'GET', url: '/', headers: { host: 'localhost' }, socket: {} } };
  });
  return { candidates, contexts, ...walk(candidates, draw) };
}

/** @typedef {Awaited<ReturnType<typeof traffic>>} Traffic */
