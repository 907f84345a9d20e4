/**
 * This balancer against others in the same Express app:
 *
 *     npm run bench:proxy -- [--rounds 5] [--seconds 4] [--warmup 3] [--connections 50] [--only fairlead,fairlead-p2c]
 *                            [--profile <folder>]
 *
 * `--only` takes names of files in sides/. `--profile` leaves a .cpuprofile of each side in a folder, for a look at
 * where its time goes; it slows all of them down.
 */
import { parseArgs } from 'node:util';
import { machine, median, table } from '../report.js';
import { generator, load } from './load.js';
import { pinned, stop } from './processes.js';
import { check, cpuTime, startBackends, startSides } from './sides.js';

/** @import { Measured, Side } from './sides.js' */

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    warmup: { type: 'string', default: '3' },
    connections: { type: 'string', default: '50' },
    only: { type: 'string' },
    profile: { type: 'string' },
  },
});

function whole(/** @type {'rounds' | 'seconds' | 'warmup' | 'connections'} */ name) {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--${name} ${values[name]}: a whole number above 0`);
}

const rounds = whole('rounds');
const seconds = whole('seconds');
const warmup = whole('warmup');
const connections = whole('connections');

/** One turn of a side. */
async function measured(/** @type {Side} */ side) {
  const before = await cpuTime(side);
  const result = await load(side.url, connections, seconds);
  return { ...result, cpu: ((await cpuTime(side)) - before) / result.requests };
}

const HEAD = [
  'side',
  'requests/s',
  'p50 ms',
  'p99 ms',
  'ratio',
  'min',
  'max',
  'CPU us',
  'ratio',
  'min',
  'max',
  'errors',
];

/** One line of the table. */
function row(/** @type {Side} */ { label, results }, /** @type {Side} */ base) {
  const middle = (/** @type {keyof Measured} */ field) => median(results.map((result) => result[field]));
  const ratios = (/** @type {'rps' | 'cpu'} */ field) => {
    const all = results.map((result, round) => result[field] / base.results[round][field]);
    return [median(all), Math.min(...all), Math.max(...all)].map((ratio) => ratio.toFixed(2));
  };
  const load = [middle('rps').toFixed(0), middle('p50').toFixed(2), middle('p99').toFixed(2), ...ratios('rps')];
  const errors = results.reduce((sum, result) => sum + result.bad, 0);
  return [label, ...load, middle('cpu').toFixed(0), ...ratios('cpu'), `${errors}`];
}

function print(/** @type {readonly Side[]} */ sides) {
  const cores = pinned ? 'Each side on core 0, load and backends on core 1.' : 'Not pinned to cores: no taskset here.';
  console.log(`Express 5, the side mounted at /api, two backends, keep-alive throughout. ${machine()}

Load: ${generator}, ${connections} connections; ${rounds} rounds in which each side has its turn of ${seconds} s, after ${warmup} s to warm up.
${cores} All sides give the same answers. Figures are the medians of the
rounds; ratios are to ${sides[0].label}, round by round. CPU is the side's own time for one request.
`);
  const rows = sides.map((side) => row(side, sides[0]));
  console.log(table(HEAD, rows));
}

async function main() {
  const backends = await startBackends();
  const sides = await startSides(backends, values.only?.split(','), values.profile);
  await check(sides, backends);
  for (const { url } of sides) await load(url, connections, warmup);
  for (let round = 1; round <= rounds; round++) {
    for (const side of sides) {
      const result = await measured(side);
      side.results.push(result);
      process.stderr.write(`round ${round} of ${rounds}: ${side.label}: ${result.rps.toFixed(0)} requests/s\n`);
    }
  }
  print(sides);
}

try {
  await main();
} finally {
  await stop();
}
