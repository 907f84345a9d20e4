/** What the sides are made of. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { generator } from './load.js';
import { version as nginx } from './sides/bare/nginx.js';

const json = (/** @type {URL | string} */ file) => JSON.parse(readFileSync(file, 'utf8'));

/** All rivals, at the versions that are installed, and the undici that fairlead finds. */
export function versions() {
  const { dependencies } = json(new URL('../package.json', import.meta.url));
  const rivals = Object.keys(dependencies).map((name) => {
    return `${name} ${json(new URL(`../node_modules/${name}/package.json`, import.meta.url)).version}`;
  });
  const undici = json(
    createRequire(new URL('../../lib/index.ts', import.meta.url)).resolve('undici/package.json'),
  ).version;
  const wrk = generator === 'wrk' ? /wrk \S+/.exec(spawnSync('wrk', ['-v'], { encoding: 'utf8' }).stdout)?.[0] : '';
  return [`with undici ${undici}`, ...rivals, nginx(), wrk].filter(Boolean).join(', ');
}
