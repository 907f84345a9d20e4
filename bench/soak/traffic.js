/**
 * The clients, in a process of their own: `node traffic.js <port> <seed>`. For each lap that the parent asks for, in
 * seconds, it lets clients of every kind come, waits until the last has gone, and reports what came of them.
 */
import { Agent } from 'node:http';
import { kinds } from './clients.js';
import { seeded } from './random.js';

process.once('disconnect', () => process.exit());

const [port = '0', seed = '1'] = process.argv.slice(2);
const random = seeded(Number(seed));
const AT_ONCE = 40;

/** A client that gets nothing for so long waits for ever. */
const HANG = 20_000;

/** @param {Promise<string>} outcome */
function orHung(outcome) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const hung = new Promise((resolve) => {
    timer = setTimeout(() => resolve('hung'), HANG);
  });
  return Promise.race([outcome, hung]).finally(() => clearTimeout(timer));
}

/** Quick kinds come more often. */
const names = Object.keys(kinds).flatMap((name) => Array(/^(get|head|post)/.test(name) ? 12 : 1).fill(name));

async function lap(/** @type {number} */ seconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const context = { port: Number(port), random, agent, cookies: /** @type {string[]} */ ([]) };
  /** @type {Record<string, number>} */
  const counts = {};
  const until = performance.now() + seconds * 1000;
  const one = async () => {
    while (performance.now() < until) {
      const name = names[Math.floor(random() * names.length)] ?? 'get';
      const outcome = `${name}: ${await orHung(kinds[name]?.(context) ?? Promise.resolve('none'))}`;
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  agent.destroy();
  return counts;
}

process.on('message', async (seconds) => {
  process.send?.(await lap(Number(seconds)));
});
process.send?.('ready');
