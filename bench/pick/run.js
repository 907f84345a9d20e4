/**
 * What a pick costs: `npm run bench:pick -- [--rounds 5] [--sizes 10,100,1000,10000] [--only round-robin,p2c]
 * [--results]`.
 * With `--results` the table is written to bench/RESULTS.md.
 * Every strategy of the registry is measured; a new one needs no line here.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { strategies } from '../../dist/strategies/index.js';
import { machine, median, table, wrapped } from '../report.js';
import { writeResults } from '../results.js';

/** ns a pick at 10 backends that we aim to stay below, where we have said so. */
const AIMS = {
  'round-robin': 5,
  random: 15,
  p2c: 15,
  first: 15,
  'least-connections': 25,
  'weighted-least-connections': 25,
  'weighted-round-robin': 25,
  'ip-hash': 30,
  maglev: 30,
  'consistent-hash': 60,
};

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '10,100,1000,10000' },
    only: { type: 'string' },
    results: { type: 'boolean', default: false },
  },
});
const rounds = Math.max(1, Number(values.rounds));
const sizes = values.sizes.split(',');
const only = values.only?.split(',');
const names = only ?? Object.keys(strategies);
for (const name of names) if (!(name in strategies)) throw new Error(`no strategy '${name}'`);

/** @typedef {{ ns: number, bytes: number, rebuild: number }} Result */

/** @returns {Result} */
function measured(/** @type {string} */ name, /** @type {string} */ size) {
  const script = fileURLToPath(new URL('measure.js', import.meta.url));
  // With 64 MB for young objects none of a batch is collected before it has been counted.
  const flags = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64'];
  const { status, signal, stdout } = spawnSync(process.execPath, [...flags, script, name, size], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 120_000,
  });
  if (status !== 0) throw new Error(`measuring ${name} at ${size} ended with ${signal ?? status}`);
  return JSON.parse(stdout);
}

/** @type {(Result & { name: string, size: string })[]} one a round for each strategy and size */
const results = [];
for (let round = 0; round < rounds; round++) {
  for (const size of sizes) {
    for (const name of names) {
      process.stderr.write(`round ${round + 1} of ${rounds}: ${name} at ${size}\n`);
      results.push({ name, size, ...measured(name, size) });
    }
  }
}

/** Over all rounds. */
function over(/** @type {string} */ name, /** @type {string} */ size, /** @type {keyof Result} */ field) {
  return results.filter((result) => result.name === name && result.size === size).map((result) => result[field]);
}

/** Below a nanosecond nothing is known, nor where the strategy costs less than the loop that is taken off. */
function decimal(/** @type {number} */ value) {
  if (value < 1) return '< 1';
  return value.toFixed(value < 100 ? 1 : 0);
}

const largest = sizes.at(-1) ?? '';
const thousand = sizes.includes('1000') ? '1000' : largest;
const head = [
  'strategy',
  ...sizes.flatMap((size) => [`ns at ${size}`, '(min-max)']),
  'aim at 10',
  'growth',
  'bytes',
  `rebuild at ${thousand}, ms`,
];
const rows = names.map((name) => {
  const times = sizes.flatMap((size) => {
    const ns = over(name, size, 'ns');
    return [decimal(median(ns)), `${decimal(Math.min(...ns))} - ${decimal(Math.max(...ns))}`];
  });
  const aim = name in AIMS ? `< ${AIMS[/** @type {keyof typeof AIMS} */ (name)]}` : '';
  // Below a nanosecond nothing is known of a difference.
  const atLeastOne = (/** @type {string} */ size) => Math.max(1, median(over(name, size, 'ns')));
  const growth = atLeastOne(largest) / atLeastOne(sizes[0] ?? '');
  const bytes = Math.max(...sizes.map((size) => median(over(name, size, 'bytes'))));
  return [
    name,
    ...times,
    aim,
    `${growth.toFixed(1)} x`,
    Math.abs(bytes) < 0.05 ? '0' : bytes.toFixed(1),
    median(over(name, thousand, 'rebuild')).toFixed(2),
  ];
});

const title = `Nanoseconds and bytes allocated a pick, at ${sizes.join(', ')} backends`;
const text = `\
Every figure comes from processes of its own, one a round, ${rounds} rounds in turn: the median of the rounds (min-max), \
each the median of 7 batches after a warm-up. A pick is all that a request costs the strategy: pick, onAcquire and \
onRelease, with two requests in flight for each backend of which a random one ends before each pick; weights are 1 to \
3; 8,192 clients. The cost of the same loop without the strategy is taken off; what is left includes that V8 may inline \
the strategy into it. Growth: from the smallest size to the largest. Bytes: growth of the heap, the most of all sizes. \
Rebuild: the first pick after one backend has left.`;
console.log(`${title}. ${machine()}\n\n${wrapped(text)}\n`);
console.log(table(head, rows));
if (values.results) {
  const command = ['npm run bench:pick --', ...process.argv.slice(2)].join(' ');
  const sections = [{ title, text, tables: [{ head, rows }] }];
  const short = rounds < 3 || only !== undefined;
  console.log(`\nwritten to ${writeResults('pick', { title: 'Picks', command, short, sections })}`);
}
