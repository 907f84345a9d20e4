/** Writes bench/RESULTS.md. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { markdownTable } from '../report.js';
import { generator } from './load.js';
import { version as nginx } from './sides/bare/nginx.js';

/** @import { Section } from './rounds.js' */

const FILE = new URL('../RESULTS.md', import.meta.url);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const SHORT = '\n\n**A run this short shows the form of this page; its figures say nothing.**';

const json = (/** @type {URL | string} */ file) => JSON.parse(readFileSync(file, 'utf8'));

function git(/** @type {string[]} */ ...args) {
  return spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' }).stdout?.trim() ?? '';
}

/** fairlead's version, and the commit it is built from. */
function ours() {
  const { version } = json(new URL('../../package.json', import.meta.url));
  const commit = git('rev-parse', '--short', 'HEAD');
  const changed = git('status', '--porcelain', '--', 'lib', 'package.json') !== '';
  return `fairlead ${version}${commit && ` at commit ${commit}`}${changed ? ' with changes' : ''}`;
}

/** All rivals, at the versions that are installed, and the undici that fairlead finds. */
function versions() {
  const { dependencies } = json(new URL('../package.json', import.meta.url));
  const rivals = Object.keys(dependencies).map((name) => {
    return `${name} ${json(new URL(`../node_modules/${name}/package.json`, import.meta.url)).version}`;
  });
  const undici = json(createRequire(`${ROOT}/lib/index.ts`).resolve('undici/package.json')).version;
  const wrk = generator === 'wrk' ? /wrk \S+/.exec(spawnSync('wrk', ['-v'], { encoding: 'utf8' }).stdout)?.[0] : '';
  return [ours(), `with undici ${undici}`, ...rivals, nginx(), wrk].filter(Boolean).join(', ');
}

function section(/** @type {Section} */ { title, text, tables }) {
  return [`## ${title}`, text, ...tables.map(({ head, rows }) => markdownTable(head, rows))].join('\n\n');
}

/** @param {readonly Section[]} sections */
export function writeResults(sections, /** @type {string[]} */ args, /** @type {boolean} */ short) {
  const cores = cpus();
  const about = `\
|         |     |
| ------- | --- |
| date    | ${new Date().toISOString().slice(0, 10)} |
| machine | ${cores[0]?.model.trim() ?? 'unknown CPU'}, ${cores.length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB memory, ${process.platform} ${release()} |
| Node.js | ${process.version.slice(1)} |
| others  | ${versions()} |`;
  const command = ['npm run bench:proxy --', ...args].join(' ');
  const head = `# Results\n\nWritten by \`${command}\`; not edited by hand.${short ? SHORT : ''}\n\n${about}`;
  writeFileSync(FILE, `${[head, ...sections.map(section)].join('\n\n')}\n`);
  const file = fileURLToPath(FILE);
  // The gate wants it laid out as its formatter does it.
  spawnSync(`${ROOT}/node_modules/.bin/biome`, ['format', '--write', file], { cwd: ROOT, stdio: 'ignore' });
  return file;
}
