/**
 * Measures one strategy at one size and prints JSON: `node --expose-gc measure.js <name> <size>`. One a process: V8 then
 * sees one kind of `pick`, as in an app with one balancer; several in one process would pay for each other.
 */
import { createStrategy } from '../../dist/index.js';
import { median } from '../report.js';
import { PERIOD, traffic } from './traffic.js';

/** @import { Traffic } from './traffic.js' */
/** @typedef {ReturnType<typeof createStrategy>} Strategy */

const BATCH_MS = 15;
const WARM_UP_MS = 250;
const BATCHES = 7;

/**
 * The loop that is measured: what a balancer does with its strategy for each request, onAcquire and onRelease included.
 * A request that has been in flight ends, another backend is picked and taken. What it returns keeps V8 from finding
 * the picks unused.
 */
function picks(/** @type {Strategy} */ strategy, /** @type {Traffic} */ traffic, /** @type {number} */ count) {
  const { candidates, contexts, slots, inFlight, outcome } = traffic;
  let repeats = 0;
  let last = candidates[0];
  for (let i = 0; i < count; i++) {
    const step = i & (PERIOD - 1);
    const slot = slots[step];
    const done = inFlight[slot];
    done.active--;
    strategy.onRelease?.(done, outcome);
    const picked = strategy.pick(candidates, contexts[step]);
    picked.active++;
    strategy.onAcquire?.(picked);
    inFlight[slot] = picked;
    if (picked === last) repeats++;
    last = picked;
  }
  return repeats;
}

/**
 * The same loop without the strategy: whoever is next in a list drawn beforehand gets the request. It reads the key too,
 * which a balancer has only just made: here it lies in memory, and to fetch it is no cost of the strategy.
 */
function empties(/** @type {Traffic} */ traffic, /** @type {number} */ count) {
  const { candidates, contexts, slots, inFlight, who } = traffic;
  let repeats = 0;
  let last = candidates[0];
  for (let i = 0; i < count; i++) {
    const step = i & (PERIOD - 1);
    const slot = slots[step];
    inFlight[slot].active--;
    const picked = candidates[who[step]];
    picked.active++;
    inFlight[slot] = picked;
    // Nothing is added: it is ASCII.
    repeats += contexts[step].key.charCodeAt(0) >>> 7;
    if (picked === last) repeats++;
    last = picked;
  }
  return repeats;
}

function milliseconds(/** @type {() => void} */ run) {
  const since = performance.now();
  run();
  return performance.now() - since;
}

/** How far the heap grows. Nothing is collected meanwhile: run.js makes the young generation large enough. */
function growth(/** @type {() => void} */ run) {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  run();
  return process.memoryUsage().heapUsed - before;
}

/** Strategies that learn from answers have learned something before they are measured. */
function learn(/** @type {Strategy} */ strategy, /** @type {Traffic} */ { candidates, contexts }) {
  for (let i = 0; i < 4 * candidates.length; i++) {
    const backend = candidates[i % candidates.length];
    strategy.pick(candidates, contexts[i % PERIOD]);
    const responseTime = 5 + (i % 40);
    strategy.onRelease?.(backend, { kind: 'answered', status: 200, responseTime, duration: responseTime + 1 });
  }
}

/** What the first pick of a new list costs: one backend away, as when it goes down. In milliseconds. */
function rebuild(/** @type {Strategy} */ strategy, /** @type {Traffic} */ { candidates, contexts }) {
  const took = Array.from({ length: BATCHES }, (_, i) => {
    const left = candidates.filter((_backend, at) => at !== i + 1);
    return milliseconds(() => strategy.pick(left, contexts[0]));
  });
  strategy.pick(candidates, contexts[0]);
  return median(took);
}

async function measure(/** @type {string} */ name, /** @type {number} */ size) {
  const requests = await traffic(size);
  const strategy = createStrategy(name);
  learn(strategy, requests);
  let count = 256;
  for (const since = performance.now(); performance.now() - since < WARM_UP_MS; ) {
    if (milliseconds(() => picks(strategy, requests, count)) < BATCH_MS) count *= 2;
    empties(requests, count);
  }
  const batches = Array.from({ length: BATCHES });
  const ns = batches.map(() => {
    const took = milliseconds(() => picks(strategy, requests, count));
    return ((took - milliseconds(() => empties(requests, count))) / count) * 1e6;
  });
  const few = Math.min(4 * PERIOD, count);
  const bytes = batches.map(() => {
    const grown = growth(() => picks(strategy, requests, few));
    return (grown - growth(() => empties(requests, few))) / few;
  });
  return { ns: median(ns), bytes: median(bytes), rebuild: size > 1 ? rebuild(strategy, requests) : 0 };
}

const [name = '', size = ''] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await measure(name, Number(size))));
