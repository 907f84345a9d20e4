import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** An app that has installed the package as npm would publish it, and nothing else. */
export interface Installed {
  readonly folder: string;
  /** Installs a package besides, with what it depends on. */
  add(name: string): Promise<void>;
  /** Runs a program of its own, given by its text, with this Node.js; returns the JSON that it prints. */
  run(file: string, text: string): Promise<unknown>;
  /** Compiles a file of its own as strictly as TypeScript can; returns what it complains of. */
  compile(file: string, text: string): Promise<string>;
  remove(): Promise<void>;
}

async function dependenciesOf(folder: string): Promise<string[]> {
  const { dependencies = {} } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  return Object.keys(dependencies);
}

/** Packs what `npm run build` has made, and installs that. From our own `node_modules`: a test asks no registry. */
export async function installed(): Promise<Installed> {
  const above = await mkdtemp(path.join(tmpdir(), 'fairlead-packed-'));
  const folder = path.join(above, 'app');
  const modules = path.join(folder, 'node_modules');
  const npm = (args: readonly string[], cwd: string): Promise<unknown> =>
    // npm is a .cmd file on Windows, which only a shell starts.
    run('npm', [...args, '--ignore-scripts'], { cwd, shell: process.platform === 'win32' });
  const add = async (name: string): Promise<void> => {
    const [from, to] = [path.join(root, 'node_modules', name), path.join(modules, name)];
    await cp(from, to, { recursive: true });
    for (const next of await dependenciesOf(from)) await add(next);
  };
  const write = (file: string, text: string): Promise<void> => writeFile(path.join(folder, file), text);
  await mkdir(modules, { recursive: true });
  await write('package.json', '{ "private": true }');
  for (const name of await dependenciesOf(root)) await add(name);
  await npm(['pack', '--pack-destination', above], root);
  const [tarball = ''] = (await readdir(above)).filter((name) => name.endsWith('.tgz'));
  // Offline and with an empty cache: it fails where a dependency is not declared, or not there.
  const cache = path.join(above, 'cache');
  await npm(['install', '--offline', '--no-audit', '--no-fund', '--cache', cache, path.join(above, tarball)], folder);
  return {
    folder,
    add,
    run: async (file, text) => {
      await write(file, text);
      const { stdout } = await run(process.execPath, [file], { cwd: folder });
      return JSON.parse(stdout);
    },
    compile: async (file, text) => {
      await write(file, text);
      const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
      const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext'];
      const args = [tsc, ...options, '--target', 'es2023', '--types', 'node', file];
      return run(process.execPath, args, { cwd: folder }).then(
        ({ stdout }) => stdout,
        ({ stdout, message }) => `${stdout}${message}`,
      );
    },
    remove: () => rm(above, { recursive: true }),
  };
}
