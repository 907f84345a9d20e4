/**
 * Rough traffic for a while, and then a look at what it has left behind:
 *
 *     npm run soak -- [--seconds 60] [--engine http-proxy|undici|both] [--seed 1]
 *
 * An Express app with a sticky balancer stands in front of three backends, each its own process, of which one at a time
 * is killed and comes back. Traffic comes in laps (clients.js says of which kinds); after each, when all clients have
 * gone, everything is counted. It fails (exit 1) if
 *
 * - a client hangs,
 * - requests, upgrades, connections, timers, handles or listeners are left, after a lap or after `lb.close()`,
 * - the process has a warning or an error that nobody caught,
 * - the heap grows: the mean of the last three laps is more than 10 % and 3 MB above that of the three in the middle,
 * - the balancer answers with a 5xx of its own that it owes to nobody: 500, 503 and 504 never are, since two backends
 *   always live. A 502 is right when a backend was killed while the request was under way (it may have been carried
 *   out, so it is not tried elsewhere), and for `/reset`, whose backend breaks the connection.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine, table } from '../report.js';
import { Fleet } from './fleet.js';
import { heap, quiet, startHost } from './host.js';
import { seeded } from './random.js';

/** @import { Counts, Host } from './host.js' */

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    engine: { type: 'string', default: 'both' },
    seed: { type: 'string', default: '1' },
  },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed);
const LAPS = 9;
if (!(seconds >= LAPS)) throw new Error(`--seconds ${values.seconds}: a number of at least ${LAPS}`);
const engines = /** @type {const} */ (['http-proxy', 'undici']).filter((name) =>
  ['both', name].includes(values.engine),
);
if (engines.length === 0) throw new Error(`--engine ${values.engine}: http-proxy, undici or both`);

/** @type {string[]} what nobody caught */
const uncaught = [];
process.on('uncaughtException', (error) => uncaught.push(`uncaught: ${error.stack}`));
process.on('unhandledRejection', (error) => uncaught.push(`unhandled: ${error}`));
process.on('warning', (warning) => uncaught.push(`warning: ${warning.stack}`));

const mean = (/** @type {readonly number[]} */ list) => list.reduce((sum, one) => sum + one, 0) / list.length;

/** What must be as it was: the pool may keep connections, and with them timers, until the balancer is closed. */
function leftovers(/** @type {Counts} */ before, /** @type {Counts} */ after, /** @type {boolean} */ closed) {
  const pooled = ['backend connections', 'timers', 'most listeners on a connection to a backend'];
  return Object.entries(after)
    .filter(([name, count]) => count > (before[name] ?? 0) && (closed || !pooled.includes(name)))
    .map(([name, count]) => `${name}: ${before[name]} before, ${count} ${closed ? 'after closing' : 'after a lap'}`);
}

/** Hears of each 5xx of ours that no backend's death explains. */
function watchErrors(/** @type {Host} */ { lb }, /** @type {Fleet} */ fleet, /** @type {string[]} */ problems) {
  lb.on('request', ({ status, url, duration, code }) => {
    if (status < 500 || code === undefined) return;
    const owed = status === 502 && (url.endsWith('/reset') || fleet.diedSince(performance.now() - duration - 200));
    if (!owed) problems.push(`${status} (${code}) to ${url} while no backend died`);
  });
}

/** The laps. @returns what clients saw and the heap after each lap */
async function drive(/** @type {Host} */ host, /** @type {Counts} */ before, /** @type {string[]} */ problems) {
  const program = fileURLToPath(new URL('traffic.js', import.meta.url));
  const traffic = fork(program, [String(host.port), String(seed)]);
  await once(traffic, 'message');
  /** @type {Counts} */
  const outcomes = {};
  const heaps = [];
  let listeners = 0;
  for (let lap = 1; lap <= LAPS; lap++) {
    traffic.send(seconds / LAPS);
    const [seen] = await once(traffic, 'message');
    for (const [name, count] of Object.entries(/** @type {Counts} */ (seen))) {
      outcomes[name] = (outcomes[name] ?? 0) + count;
      if (name.endsWith('hung')) problems.push(`${count} clients: ${name}`);
    }
    await quiet(host);
    const now = host.counts();
    problems.push(...leftovers(before, now, false));
    const most = now['most listeners on a connection to a backend'];
    if (lap === 1) listeners = most;
    // How many there are depends on how far an idle connection has come, but not on how long it has lived.
    if (most > listeners + 3) problems.push(`listeners on a connection to a backend: ${listeners}, now ${most}`);
    heaps.push(await heap());
    process.stderr.write(`lap ${lap} of ${LAPS}: heap ${heaps.at(-1)?.toFixed(1)} MB\n`);
  }
  const gone = once(traffic, 'exit');
  traffic.disconnect();
  await gone;
  return { outcomes, heaps };
}

/** One engine, from start to end. @returns what was wrong */
async function soak(/** @type {'http-proxy' | 'undici'} */ engine) {
  /** @type {string[]} */
  const problems = [];
  const fleet = new Fleet();
  const host = await startHost(engine, await fleet.start());
  watchErrors(host, fleet, problems);
  const before = host.counts();
  const stop = new AbortController();
  const churn = fleet.churn(seeded(seed), stop.signal);
  const { outcomes, heaps } = await drive(host, before, problems);
  stop.abort();
  await churn;
  const after = host.counts();
  await host.lb.close();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const closed = host.counts();
  problems.push(...leftovers(before, closed, true));
  const [middle, end] = [mean(heaps.slice(3, 6)), mean(heaps.slice(6))];
  if (end > middle * 1.1 && end > middle + 3)
    problems.push(`the heap grew from ${middle.toFixed(1)} to ${end.toFixed(1)} MB`);
  host.server.close();
  await fleet.stop();
  problems.push(...uncaught.splice(0));

  console.log(`\nengine ${engine}, ${seconds} s, ${fleet.kills} kills. ${machine()}\n`);
  const rows = Object.keys(before).map((name) => [name, ...[before, after, closed].map((counts) => `${counts[name]}`)]);
  console.log(table(['', 'before', 'after', 'closed'], rows));
  console.log(`\nheap after each lap, MB: ${heaps.map((megabytes) => megabytes.toFixed(1)).join(' ')}\n`);
  const sorted = Object.entries(outcomes).sort(([a], [b]) => (a < b ? -1 : 1));
  console.log(
    table(
      ['client', 'count'],
      sorted.map(([name, count]) => [name, `${count}`]),
    ),
  );
  return problems;
}

for (const engine of engines) {
  const problems = await soak(engine);
  for (const problem of new Set(problems)) {
    console.error(`WRONG, ${problems.filter((one) => one === problem).length} times: ${problem}`);
  }
  if (problems.length > 0) process.exitCode = 1;
}
