/** Requests per second and CPU time for one, at a load that the side's core cannot keep up with. */
import { median } from '../../report.js';
import { roundsAnew } from '../anew.js';
import { generator, load } from '../load.js';
import { ITEMS } from '../paths.js';
import { ask, pinned, stop } from '../processes.js';
import { ratios, sum } from '../rounds.js';
import { cpuTime, startBackends } from '../sides.js';

/** @import { Section, Settings, Table } from '../rounds.js' */
/** @import { Backends, Group, Side } from '../sides.js' */
/** @typedef {import('../load.js').Result & { cpu: number, busy: number, opened: number }} Measured */
/** @typedef {Map<string, Measured[]>} Results by the names of sides */

/** Microseconds of CPU time a second that are a hundredth of a core. */
const PERCENT_US = 10_000;

/** @returns {Promise<Measured>} */
async function turn(
  /** @type {Side} */ side,
  /** @type {Backends} */ backends,
  /** @type {number} */ connections,
  /** @type {number} */ seconds,
) {
  const [before, had] = [await cpuTime(side), await ask(backends.child, 'connections')];
  const result = await load(side.origin + ITEMS, connections, seconds);
  const cpu = (await cpuTime(side)) - before;
  const opened = (await ask(backends.child, 'connections')) - had;
  const each = cpu / result.requests;
  // Of the time that the load took, which is less than that of the program that made it.
  return { ...result, cpu: each, busy: (each * result.rps) / PERCENT_US, opened };
}

const HEAD = [
  ...['side', 'requests/s', 'p50 ms', 'p99 ms', 'ratio', 'min', 'max'],
  ...['CPU us', 'CPU ratio', 'min', 'max', 'busy %', 'opened', 'errors'],
];

function row(/** @type {Side} */ side, /** @type {Side} */ base, /** @type {Results} */ results) {
  const of = (/** @type {Side} */ which, /** @type {keyof Measured} */ field) =>
    (results.get(which.name) ?? []).map((result) => result[field]);
  const middle = (/** @type {keyof Measured} */ field) => median(of(side, field));
  const against = (/** @type {'rps' | 'cpu'} */ field) => ratios(of(side, field), of(base, field));
  const speed = [middle('rps').toFixed(0), middle('p50').toFixed(2), middle('p99').toFixed(2), ...against('rps')];
  const counts = [middle('busy').toFixed(0), `${sum(of(side, 'opened'))}`, `${sum(of(side, 'bad'))}`];
  return [side.label, ...speed, middle('cpu').toFixed(0), ...against('cpu'), ...counts];
}

/** Those that name another side than the baseline to be compared with. */
function pairs(/** @type {readonly Side[]} */ sides, /** @type {Results} */ results) {
  return sides.flatMap((side) => {
    const base = sides.find(({ name }) => name === side.against);
    if (base === undefined) return [];
    const cells = row(side, base, results);
    return [[`${side.label} to ${base.label}`, ...cells.slice(4, 7), ...cells.slice(8, 11)]];
  });
}

const FRONTS = {
  express: 'Express 5, each side mounted at /api',
  bare: 'Without Express: each side on a plain http.createServer, or on the server it brings',
};

/** @returns {Promise<Section>} */
async function measureGroup(/** @type {Group} */ group, /** @type {Settings} */ settings) {
  const { rounds, seconds, warmup, connections, profile } = settings;
  const backends = await startBackends();
  const flags = (/** @type {string} */ name) =>
    profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${group}-${name}.cpuprofile`] : [];
  const { sides, results } = await roundsAnew(
    {
      group,
      backends,
      flags,
      warmUp: ({ origin }) => load(origin + ITEMS, connections, warmup),
      measure: (side) => turn(side, backends, connections, seconds),
      say: ({ rps }) => `${rps.toFixed(0)} requests/s`,
    },
    settings,
  );
  await stop();
  const [base] = sides;
  /** @type {Table[]} */
  const tables = [{ head: HEAD, rows: sides.map((side) => row(side, base, results)) }];
  const compared = pairs(sides, results);
  const head = ['round by round', 'requests/s ratio', 'min', 'max', 'CPU ratio', 'min', 'max'];
  if (compared.length > 0) tables.push({ head, rows: compared });
  const text = [
    `Two backends, keep-alive throughout. Load: ${generator}, ${connections} connections;`,
    `${rounds} rounds in which each side has its turn of ${seconds} s, in a new process and after ${warmup} s to warm up;`,
    'who is first changes from round to round.',
    pinned ? 'Each side is on core 0, load and backends on core 1.' : 'Not pinned to cores: no taskset here.',
    'All sides give the same answers. Figures are the medians of the rounds;',
    `ratios are to ${base.label}, round by round.`,
    'CPU is the time that the side itself takes for one request.',
    'Busy is how much of its core a side used: well below 100, it waited for load and backends, or something else had its core.',
    'Opened: connections to backends that were made within a round, over all rounds.',
  ].join(' ');
  return { title: FRONTS[group], text, tables };
}

/** @param {Settings} settings */
export async function measure(settings) {
  const sections = [];
  for (const group of settings.groups) sections.push(await measureGroup(group, settings));
  return sections;
}
