/**
 * What checks cost: `npm run bench:health`. 1,000 backends, each checked every 10 s, in a balancer that does nothing else;
 * beside it the same without checks. Prints the share of a core and the delays of the event loop; with `-- --results` to
 * bench/RESULTS.md too. Takes a minute.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { loadBalancer } from '../../dist/index.js';
import { machine, table, wrapped } from '../report.js';
import { writeResults } from '../results.js';

const BACKENDS = 1_000;
/** Until V8 has compiled what runs a hundred times a second. */
const WARM_UP = 6;
const SECONDS = 15;

const child = fork(fileURLToPath(new URL('backend.js', import.meta.url)));
const [{ port }] = await once(child, 'message');
// All of 127.0.0.0/8 is this machine on Linux: so every backend has an address of its own.
const backends = Array.from({ length: BACKENDS }, (_, i) => ({
  id: `b${i}`,
  url: `http://127.1.${i >> 8}.${i & 255}:${port}`,
}));

const sleep = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));
const inMs = (/** @type {number} */ ns) => (ns / 1e6).toFixed(2);

async function measured(/** @type {string} */ name, /** @type {object} */ options) {
  let checks = 0;
  const first = monitorEventLoopDelay({ resolution: 1 });
  first.enable();
  const lb = loadBalancer({ backends, ...options });
  lb.on('check', () => checks++);
  await lb.ready();
  first.disable();
  // The first round is everybody at once; what costs in the long run comes after it.
  await sleep(WARM_UP * 1_000);
  checks = 0;
  const cpu = process.cpuUsage();
  const since = performance.now();
  await sleep(SECONDS * 1_000);
  const { user, system } = process.cpuUsage(cpu);
  const share = (user + system) / 1_000 / (performance.now() - since);
  const perSecond = (checks / SECONDS).toFixed(0);
  // Apart from the first measurement: the histogram's own timer costs as much as the checks.
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await sleep(SECONDS * 1_000);
  delay.disable();
  const up = lb.stats().backends.filter(({ health }) => health === 'up').length;
  await lb.close();
  const figures = [delay.percentile(99), delay.percentile(99.9), delay.max, first.max].map(inMs);
  return [name, `${up}`, perSecond, `${(100 * share).toFixed(2)} %`, ...figures];
}

const text = `${BACKENDS} backends, ${SECONDS} s each, and ${SECONDS} s more for the delays, in ms; 1 to 1.2 is an idle loop's.`;
console.log(`${machine()}; ${wrapped(text)}\n`);
const head = ['', 'up', 'checks/s', 'of a core', 'delay p99', 'p99.9', 'max', 'max of the first round'];
const rows = [
  await measured('without checks', {}),
  await measured('every 10 s', { health: { path: '/', interval: '10s' } }),
];
console.log(table(head, rows));
if (process.argv.includes('--results')) {
  const sections = [{ title: 'A balancer that does nothing else', text, tables: [{ head, rows }] }];
  const part = { title: 'Checks', command: 'npm run bench:health -- --results', short: false, sections };
  console.log(`\nwritten to ${writeResults('health', part)}`);
}
child.disconnect();
process.exit();
