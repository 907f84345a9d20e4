/**
 * The sides: one file each in sides/express/ and sides/bare/. It exports a `label` and one of
 *
 * - `middleware(backends)`, with `upgrade(req, socket, head)` where it takes WebSockets;
 * - `serve(backends)`, which starts a server of its own and resolves with its port;
 * - `command(backends, port, folder)`, for a program; `missing()` says why it cannot be had.
 *
 * One of each folder is the `baseline`. `against` names another side to be compared with as well.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ITEMS } from './paths.js';
import { ask, freePort, startNode, startProgram } from './processes.js';

/** @import { ChildProcess } from 'node:child_process' */
/** @typedef {'express' | 'bare'} Group */
/**
 * @typedef {object} Side
 * @property {string} name of its file
 * @property {string} label
 * @property {boolean} baseline
 * @property {string | undefined} against name of a side
 * @property {ChildProcess} child
 * @property {string} origin with the mount, without a path
 */
/**
 * @typedef {object} Backends
 * @property {ChildProcess} child
 * @property {string[]} urls
 */

/** @type {readonly Group[]} */
export const GROUPS = ['express', 'bare'];

const pathOf = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/** @returns {Promise<Backends>} */
export async function startBackends() {
  const { child, message } = await startNode(1, [pathOf('backends.js')]);
  return { child, urls: message };
}

/** Names of the files. */
export function namesIn(/** @type {Group} */ group) {
  const files = readdirSync(pathOf(`sides/${group}`), { encoding: 'utf8' });
  return files.map((file) => file.replace(/\.js$/, '')).sort();
}

/** @param {readonly string[]} urls */
async function startSide(/** @type {Group} */ group, /** @type {string} */ name, urls, /** @type {string[]} */ flags) {
  const file = pathOf(`sides/${group}/${name}.js`);
  const { command } = await import(`./sides/${group}/${name}.js`);
  if (command === undefined) {
    const { child, message } = await startNode(0, [...flags, pathOf('host.js'), group, file, ...urls]);
    return { child, port: message };
  }
  const port = await freePort();
  const folder = mkdtempSync(path.join(tmpdir(), 'fairlead-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return { child: await startProgram(0, command(urls, port, folder), port), port };
}

/**
 * Starts the sides of a group, the baseline first, whether or not it is asked for, and so are those that others are
 * compared with.
 *
 * @param {Group} group
 * @param {readonly string[]} urls of the backends
 * @param {readonly string[] | undefined} only names of files; undefined for all
 * @param {(name: string) => string[]} flags of node for a side
 */
export async function startSides(group, urls, only, flags = () => []) {
  const modules = await Promise.all(
    namesIn(group).map(async (name) => ({ name, ...(await import(`./sides/${group}/${name}.js`)) })),
  );
  const asked = modules.filter(({ name }) => only?.includes(name) !== false);
  const wanted = modules.filter(
    (side) => side.baseline || asked.includes(side) || asked.some(({ against }) => against === side.name),
  );
  /** @type {Side[]} */
  const sides = [];
  for (const { name, label, baseline = false, against, missing } of wanted) {
    const reason = missing?.();
    if (reason !== undefined) {
      process.stderr.write(`without ${label}: ${reason}\n`);
      continue;
    }
    const { child, port } = await startSide(group, name, urls, flags(name));
    const origin = `http://127.0.0.1:${port}${group === 'express' ? '/api' : ''}`;
    sides.push({ name, label, baseline, against, child, origin });
  }
  return sides.sort((a, b) => Number(b.baseline) - Number(a.baseline));
}

const MICROSECONDS_PER_TICK = 10_000;

/** CPU time a side has taken so far, in microseconds. */
export async function cpuTime(/** @type {Side} */ { child }) {
  if (child.connected) return /** @type {number} */ (await ask(child, 'cpu'));
  // The name of the program may hold spaces; behind its bracket utime and stime are the 12th and 13th field.
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
}

/** All that is answered there, over enough requests that every backend has had its turn. */
async function answers(/** @type {string} */ url) {
  const seen = new Set();
  for (let i = 0; i < 32; i++) {
    const response = await fetch(url);
    seen.add(`${response.status} ${response.headers.get('content-type')} ${await response.text()}`);
  }
  return [...seen].sort().join('\n');
}

/** @throws Error unless all sides answer alike, with 200 and from every backend */
export async function check(/** @type {readonly Side[]} */ sides, /** @type {readonly string[]} */ urls) {
  const direct = await Promise.all(urls.map((url) => answers(url + ITEMS)));
  const expected = direct.sort().join('\n');
  if (!direct.every((answer) => answer.startsWith('200 '))) throw new Error(`the backends answer\n${expected}`);
  for (const { label, origin } of sides) {
    const got = await answers(origin + ITEMS);
    if (got !== expected) throw new Error(`${label} answers\n${got}\nand not\n${expected}`);
  }
}
