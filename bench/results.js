/** Writes bench/RESULTS.md, a part for each benchmark: what one measures anew leaves the parts of the others. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { markdownTable } from './report.js';

/** @typedef {{ title: string, text: string, tables: { head: readonly string[], rows: readonly (readonly string[])[] }[] }} Section */
/**
 * @typedef {object} Part
 * @property {string} title
 * @property {string} command what it comes from
 * @property {boolean} short too short a run to say anything
 * @property {string} [others] the versions of what it was measured with
 * @property {readonly Section[]} sections
 */

const FILE = fileURLToPath(new URL('RESULTS.md', import.meta.url));
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** In this order. */
const PARTS = ['proxy', 'pick', 'health'];

const HEAD = `# Results

Written by the benchmarks, a part each; not edited by hand. How strategies share load, and what their users wait for, is
simulated: [choosing a strategy](../docs/strategies/choosing.md).`;

const SHORT = '**A run this short shows the form of this part; its figures say nothing.**\n\n';

function git(/** @type {string[]} */ ...args) {
  return spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' }).stdout?.trim() ?? '';
}

/** fairlead's version, and the commit it is built from. */
function ours() {
  const { version } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8'));
  const commit = git('rev-parse', '--short', 'HEAD');
  const changed = git('status', '--porcelain', '--', 'lib', 'package.json') !== '';
  return `fairlead ${version}${commit && ` at commit ${commit}`}${changed ? ' with changes' : ''}`;
}

function about(/** @type {string | undefined} */ others) {
  const cores = cpus();
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  const machine = `${cores[0]?.model.trim() ?? 'unknown CPU'}, ${cores.length} cores, ${memory} GiB memory`;
  return markdownTable(
    ['measured', ''],
    [
      ['date', new Date().toISOString().slice(0, 10)],
      ['machine', `${machine}, ${process.platform} ${release()}`],
      ['Node.js', process.version.slice(1)],
      ['versions', [ours(), others].filter(Boolean).join(', ')],
    ],
  );
}

function section(/** @type {Section} */ { title, text, tables }) {
  return [`### ${title}`, text, ...tables.map(({ head, rows }) => markdownTable(head, rows))].join('\n\n');
}

/** The parts that are there, by name. */
function known() {
  const text = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
  const found = text.matchAll(/<!-- (\w+) -->\n([\s\S]*?)\n<!-- end \1 -->/g);
  return new Map([...found].map(([, name = '', part = '']) => [name, part.trim()]));
}

/**
 * @param {string} name
 * @param {Part} part
 */
export function writeResults(name, { title, command, short, others, sections }) {
  if (!PARTS.includes(name)) throw new Error(`no part '${name}' of the results`);
  const from = `${short ? SHORT : ''}Written by \`${command}\`.`;
  const parts = known().set(name, [`## ${title}`, from, about(others), ...sections.map(section)].join('\n\n'));
  const texts = PARTS.filter((each) => parts.has(each)).map((each) => {
    return `<!-- ${each} -->\n\n${parts.get(each)}\n\n<!-- end ${each} -->`;
  });
  writeFileSync(FILE, `${[HEAD, ...texts].join('\n\n')}\n`);
  // The gate wants it laid out as its formatter does it.
  spawnSync(`${ROOT}/node_modules/.bin/biome`, ['format', '--write', FILE], { cwd: ROOT, stdio: 'ignore' });
  return FILE;
}
