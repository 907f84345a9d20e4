/** The sides: one file each in sides/, that exports `label` and `middleware(backends)`; one of them is the `baseline`. */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startNode } from './processes.js';

/** @typedef {import('./load.js').Result & { cpu: number }} Measured with the CPU time of a request, in microseconds */
/** @typedef {Awaited<ReturnType<typeof startSides>>[number]} Side */

const MOUNT = '/api';
const PATH = '/items?page=1';

const pathOf = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/** Starts the backends and returns their URLs. */
export async function startBackends() {
  const { message } = await startNode(1, [pathOf('backends.js')]);
  return /** @type {string[]} */ (message);
}

/**
 * Starts sides, the baseline first, whether or not it is asked for.
 *
 * @param {readonly string[]} backends
 * @param {readonly string[] | undefined} only names of files; undefined for all
 * @param {string | undefined} profiles folder for a CPU profile of each
 */
export async function startSides(backends, only, profiles) {
  const names = readdirSync(pathOf('sides'), { encoding: 'utf8' }).map((file) => file.replace(/\.js$/, ''));
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`no side '${unknown}': ${names.join(', ')}`);
  const sides = [];
  for (const name of names.sort()) {
    const { label, baseline = false } = await import(`./sides/${name}.js`);
    if (!baseline && only?.includes(name) === false) continue;
    const flags = profiles ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${name}.cpuprofile`] : [];
    const script = [pathOf('host.js'), ...backends, pathOf(`sides/${name}.js`)];
    const { child, message } = await startNode(0, [...flags, ...script]);
    /** @type {Measured[]} */
    const results = [];
    sides.push({ label, baseline, child, url: `http://127.0.0.1:${message}${MOUNT}${PATH}`, results });
  }
  return sides.sort((a, b) => Number(b.baseline) - Number(a.baseline));
}

/** CPU time a side has taken so far, in microseconds. */
export async function cpuTime(/** @type {Side} */ { child }) {
  child.send('how much?');
  const [microseconds] = await once(child, 'message');
  return /** @type {number} */ (microseconds);
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
export async function check(/** @type {readonly Side[]} */ sides, /** @type {readonly string[]} */ backends) {
  const direct = await Promise.all(backends.map((backend) => answers(backend + PATH)));
  const expected = direct.sort().join('\n');
  if (!direct.every((answer) => answer.startsWith('200 '))) throw new Error(`the backends answer\n${expected}`);
  for (const { label, url } of sides) {
    const got = await answers(url);
    if (got !== expected) throw new Error(`${label} answers\n${got}\nand not\n${expected}`);
  }
}
