/** Memory that idle WebSockets take in the process that carries them. */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median } from '../../report.js';
import { ask, startNode, stop } from '../processes.js';
import { startBackends, startSides } from '../sides.js';

/** @import { Section, Settings } from '../rounds.js' */
/** @typedef {Awaited<ReturnType<typeof turn>>} Turn */

/** fairlead's upgrades do not pass through its engine, so one of them stands for both. The first is the baseline. */
const NAMES = ['http-proxy', 'fairlead-http-proxy'];

/** Opened and closed before anything is measured, so that code and pools are there. */
const FIRST = 500;
const SETTLE_MS = 1500;

/** Descriptors that a process needs beside its sockets. */
const OTHERS = 150;

const clients = fileURLToPath(new URL('../websocket-clients.js', import.meta.url));

/**
 * A WebSocket takes two sockets in the proxy. Node.js raises its own soft limit to the hard one; the hard one only root may
 * raise, and in a container not even root. Loopback has 28,232 ports a destination by default, and each is asked for fewer.
 */
function most(/** @type {number} */ wanted) {
  const limit = Number(spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout);
  return Number.isFinite(limit) ? Math.min(wanted, (limit - OTHERS) >> 1) : wanted;
}

/** One side in a process that has carried nothing before. */
async function turn(/** @type {string} */ name, /** @type {number} */ count) {
  const backends = await startBackends();
  const sides = await startSides('bare', backends.urls, [name], () => ['--expose-gc']);
  const side = sides.find((each) => each.name === name);
  if (side === undefined) throw new Error(`no side '${name}'`);
  const { child } = await startNode(1, [clients, new URL(side.origin).port]);
  const opened = async (/** @type {number} */ number) => {
    const open = await ask(child, number);
    if (open !== number) throw new Error(`${side.label}: ${open} WebSockets open and not ${number}`);
    await sleep(SETTLE_MS);
    return ask(side.child, 'memory');
  };
  await opened(FIRST);
  const before = await opened(0);
  const during = await opened(count);
  const after = await opened(0);
  await stop();
  return { label: side.label, before, during, after };
}

const MB = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);

const HEAD = ['RSS bytes each', 'ratio', 'heap bytes each', 'ratio'];

/** @param {readonly Turn[]} base */
function row(/** @type {readonly Turn[]} */ all, base, /** @type {number} */ count) {
  const rss = /** @type {const} */ (['before', 'during', 'after']).map((when) =>
    MB(median(all.map((a) => a[when].rss))),
  );
  const each = (/** @type {readonly Turn[]} */ turns, /** @type {'rss' | 'heapUsed'} */ kind) =>
    median(turns.map(({ before, during }) => (during[kind] - before[kind]) / count));
  const cells = /** @type {const} */ (['rss', 'heapUsed']).flatMap((kind) => {
    const own = each(all, kind);
    return [own.toFixed(0), (own / each(base, kind)).toFixed(2)];
  });
  return [all[0].label, ...rss, ...cells];
}

/** @returns {Promise<Section[]>} */
export async function measure(/** @type {Settings} */ { rounds, sockets }) {
  const count = most(sockets);
  /** @type {Map<string, Turn[]>} */
  const results = new Map(NAMES.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [name, all] of results) {
      const result = await turn(name, count);
      all.push(result);
      process.stderr.write(`round ${round} of ${rounds}: ${result.label}: ${MB(result.during.rss)} MB\n`);
    }
  }
  const rows = [...results.values()].map((all) => row(all, [...results.values()][0], count));
  const head = ['side', 'RSS MB before', `with ${count}`, 'closed again', ...HEAD];
  const short = count < sockets ? ` (and not ${sockets}: the limit of open files allows no more)` : '';
  const text = [
    `${count} idle WebSockets${short} through the side to two backends, on a plain server.`,
    'Memory of the process that carries them, after a full collection: before, with all of them open, and after they',
    `were closed; ${FIRST} were opened and closed beforehand. Medians of ${rounds} rounds, each in a new process;`,
    `ratios are to ${results.get(NAMES[0])?.[0]?.label}. What the kernel holds for the sockets is not in it.`,
  ].join(' ');
  return [{ title: 'Memory of idle WebSockets', text, tables: [{ head, rows }] }];
}
