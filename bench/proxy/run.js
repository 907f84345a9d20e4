/**
 * This balancer against others: in Express, and without it.
 *
 *     npm run bench:proxy -- [--group express|bare] [--only fairlead-undici,nginx] [--rounds 5] [--seconds 3]
 *                            [--warmup 3] [--connections 50] [--sockets 10000] [--measure requests] [--results]
 *                            [--profile <folder>]
 *
 * `--measure` takes names of files in measure/, or `all`: requests (the default), bodies, latency, websockets. The last
 * three are without Express; `all` takes a quarter of an hour. `--only` takes names of files in sides/. `--results`
 * writes what comes out to bench/RESULTS.md. `--profile` leaves a .cpuprofile of each side in a folder, for a look at
 * where its time goes; it slows all of them down.
 */
import { parseArgs } from 'node:util';
import { machine, table, wrapped } from '../report.js';
import { writeResults } from '../results.js';
import { measure as bodies } from './measure/bodies.js';
import { measure as latency } from './measure/latency.js';
import { measure as requests } from './measure/requests.js';
import { measure as websockets } from './measure/websockets.js';
import { stop } from './processes.js';
import { GROUPS, namesIn } from './sides.js';
import { versions } from './versions.js';

/** @import { Section, Settings } from './rounds.js' */

const measurements = { requests, bodies, latency, websockets };

const { values } = parseArgs({
  options: {
    group: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    warmup: { type: 'string', default: '3' },
    connections: { type: 'string', default: '50' },
    sockets: { type: 'string', default: '10000' },
    measure: { type: 'string', default: 'requests' },
    results: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});

function whole(/** @type {'rounds' | 'seconds' | 'warmup' | 'connections' | 'sockets'} */ name, most = 1000) {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number > 0 && number <= most) return number;
  throw new Error(`--${name} ${values[name]}: a whole number from 1 to ${most}`);
}

/**
 * A comma-separated list of names.
 *
 * @template {string} Name
 * @param {string} flag
 * @param {string} text
 * @param {readonly Name[]} known
 * @returns {Name[]}
 */
function names(flag, text, known) {
  return text.split(',').map((name) => {
    const found = known.find((each) => each === name);
    if (found === undefined) throw new Error(`--${flag} ${name}: known are ${known.join(', ')}`);
    return found;
  });
}

const only = values.only === undefined ? undefined : names('only', values.only, [...new Set(GROUPS.flatMap(namesIn))]);
const groups = values.group === undefined ? GROUPS : names('group', values.group, GROUPS);
const known = /** @type {(keyof typeof measurements)[]} */ (Object.keys(measurements));
const chosen = values.measure === 'all' ? known : names('measure', values.measure, known);

/** @type {Settings} */
const settings = {
  // A baseline alone would say nothing.
  groups: groups.filter((group) => only === undefined || only.some((name) => namesIn(group).includes(name))),
  only,
  rounds: whole('rounds'),
  seconds: whole('seconds'),
  warmup: whole('warmup'),
  connections: whole('connections'),
  // Each takes a port of loopback's 28,232 on its way to a side.
  sockets: whole('sockets', 20_000),
  profile: values.profile,
};

function print(/** @type {Section} */ { title, text, tables }) {
  console.log(`\n${title}\n\n${wrapped(text)}`);
  for (const { head, rows } of tables) console.log(`\n${table(head, rows)}`);
}

try {
  console.log(machine());
  const sections = [];
  for (const name of chosen) {
    const measured = await measurements[name](settings);
    for (const section of measured) print(section);
    sections.push(...measured);
    // At once: what has been measured is not lost when a later measurement fails.
    const short = settings.rounds < 3 || settings.seconds < 3;
    if (!values.results) continue;
    const command = ['npm run bench:proxy --', ...process.argv.slice(2)].join(' ');
    const part = { title: 'Beside other proxies', command, short, others: versions(), sections };
    console.log(`\nwritten to ${writeResults('proxy', part)}`);
  }
} finally {
  await stop();
}
