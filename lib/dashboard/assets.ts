import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the page loads. */
export interface Assets {
  /** Changes with any of them: part of their path, so that browsers may keep them for ever. */
  readonly version: string;
  readonly files: ReadonlyMap<string, { readonly type: string; readonly body: Buffer }>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page as it was built: from `lib/` and from `dist/` it is the same folder. */
const built = fileURLToPath(new URL('../../dist/dashboard/page/', import.meta.url));

/** Reads everything, once: the page's own files, by their paths in its folder, and uPlot from its package. */
export async function readAssets(): Promise<Assets> {
  const names = await readdir(built, { recursive: true });
  const own = names.map((name) => [name.replaceAll(path.sep, '/'), path.join(built, name)] as const);
  const uplot = path.dirname(createRequire(import.meta.url).resolve('uplot'));
  const all = [
    ...own,
    ['uplot.js', path.join(uplot, 'uPlot.iife.min.js')] as const,
    ['uplot.css', path.join(uplot, 'uPlot.min.css')] as const,
  ];
  const files = new Map<string, { type: string; body: Buffer }>();
  const hash = createHash('sha256');
  for (const [name, file] of all.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const type = TYPES[path.extname(name)];
    if (type === undefined) continue;
    const body = await readFile(file);
    files.set(name, { type, body });
    hash.update(name).update('\0').update(body);
  }
  return { version: hash.digest('hex').slice(0, 16), files };
}
