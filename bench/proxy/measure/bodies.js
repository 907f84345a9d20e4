/** Bodies of 1 MB, down and up. */
import { median } from '../../report.js';
import { roundsAnew } from '../anew.js';
import { generator, load, UPLOAD } from '../load.js';
import { ITEMS, LARGE } from '../paths.js';
import { stop } from '../processes.js';
import { ratios, sum } from '../rounds.js';
import { cpuTime, startBackends } from '../sides.js';

/** @import { Section, Settings, Table } from '../rounds.js' */
/** @import { Backends, Side } from '../sides.js' */

/** Few: more would only keep more of each body in buffers. */
const CONNECTIONS = 10;
const SMALL_CONNECTIONS = 50;

/** Microseconds of CPU time a second that are a hundredth of a core. */
const PERCENT_US = 10_000;

const HEAD = ['MB/s', 'ratio', 'min', 'max', 'CPU us/MB', 'CPU ratio', 'min', 'max', 'busy %', 'errors'];

const WAYS = [
  { title: '1 MB answers', path: '/large', flags: [] },
  { title: '1 MB uploads', path: '/upload', flags: UPLOAD },
];

/** @returns {Promise<Table>} */
async function measureWay(
  /** @type {typeof WAYS[number]} */ { title, path, flags },
  /** @type {Backends} */ backends,
  /** @type {Settings} */ settings,
) {
  const { seconds, warmup } = settings;
  const at = (/** @type {Side} */ { origin }, /** @type {number} */ time) =>
    load(origin + path, CONNECTIONS, time, flags);
  const measure = async (/** @type {Side} */ side) => {
    const before = await cpuTime(side);
    const { requests, rps, bad } = await at(side, seconds);
    const megabytes = LARGE / 1e6;
    return { speed: rps * megabytes, cpu: ((await cpuTime(side)) - before) / (requests * megabytes), bad };
  };
  const { sides, results } = await roundsAnew(
    {
      group: 'bare',
      backends,
      warmUp: async (side) => {
        // As many bodies would take minutes: code is compiled by how often it runs.
        await load(side.origin + ITEMS, SMALL_CONNECTIONS, warmup);
        await at(side, warmup);
      },
      measure,
      say: ({ speed }) => `${title}: ${speed.toFixed(0)} MB/s`,
    },
    settings,
  );
  const all = (/** @type {Side} */ side, /** @type {'speed' | 'cpu' | 'bad'} */ field) =>
    (results.get(side.name) ?? []).map((result) => result[field]);
  const rows = sides.map((side) => {
    const [speed, cpu] = /** @type {const} */ (['speed', 'cpu']).map((field) => [
      median(all(side, field)).toFixed(0),
      ...ratios(all(side, field), all(sides[0], field)),
    ]);
    const busy = median(all(side, 'speed').map((speed, round) => (speed * all(side, 'cpu')[round]) / PERCENT_US));
    return [side.label, ...speed, ...cpu, busy.toFixed(0), `${sum(all(side, 'bad'))}`];
  });
  return { head: [title, ...HEAD], rows };
}

/** @returns {Promise<Section[]>} */
export async function measure(/** @type {Settings} */ settings) {
  const title = 'Bodies of 1 MB';
  if (generator !== 'wrk') return [{ title, text: 'Not measured: wrk is not installed.', tables: [] }];
  const { rounds, seconds, warmup } = settings;
  const backends = await startBackends();
  const tables = [];
  for (const way of WAYS) tables.push(await measureWay(way, backends, settings));
  await stop();
  const text = [
    'The sides without Express. A body is 1,048,576 bytes; MB/s are millions of bytes a second.',
    `${CONNECTIONS} connections; ${rounds} rounds in which each side has its turn of ${seconds} s, in a new process and`,
    `after ${warmup} s of small requests and ${warmup} s of these to warm up. Ratios are to the first side, round by round.`,
    'Busy is how much of its core a side used: well below 100, it waited for load and backends, or something else had its',
    'core.',
  ].join(' ');
  return [{ title, text, tables }];
}
