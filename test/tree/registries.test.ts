import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesIn, root, textOf, treeOf, walk } from './source.js';

/** Folders in which a new kind of something is one new file and one new line in its index.ts. */
const REGISTRIES = [
  { folder: 'lib/strategies', name: 'strategies' },
  { folder: 'lib/sticky', name: 'affinities' },
  { folder: 'lib/forward/engines', name: 'engines' },
  { folder: 'lib/health/probes', name: 'probes' },
  { folder: 'lib/resilience/trip-rules', name: 'tripRules' },
];

/** Neither of these is an entry: the registry itself, and how a user's words are looked up in it. */
const HOUSEKEEPING = new Set(['index.ts', 'spec.ts', 'rule.ts']);

const present = REGISTRIES.filter(({ folder }) => existsSync(path.join(root, folder)));

const load = (file: string): Promise<Record<string, unknown>> => import(path.join(root, file));

it('all of them are there', () => {
  expect(present).toEqual(REGISTRIES);
});

describe.each(present)('$folder', ({ folder, name }) => {
  // What lies deeper is what entries are made of.
  const entries = filesIn(folder, '.ts').filter(
    (file) => path.posix.dirname(file) === folder && !HOUSEKEEPING.has(path.basename(file)),
  );

  it('registers each of its files, and nothing else', async () => {
    const registered = new Set(Object.values((await load(`${folder}/index.ts`))[name] ?? {}));
    expect(registered.size).toBeGreaterThan(0);
    for (const file of entries) {
      const exported = Object.values(await load(file));
      expect(
        exported.filter((value) => registered.has(value)),
        `${file} in ${folder}/index.ts`,
      ).toHaveLength(1);
      for (const value of exported) registered.delete(value);
    }
    expect([...registered]).toEqual([]);
  });

  it('calls each by the name of its file, or an alias besides', async () => {
    const registry = (await load(`${folder}/index.ts`))[name] ?? {};
    expect(Object.keys(registry)).toEqual(expect.arrayContaining(entries.map((file) => path.basename(file, '.ts'))));
  });

  it.each(entries)('%s has a test of its own', (file) => {
    expect(existsSync(path.join(root, file.replace(/^lib\//, 'test/').replace(/\.ts$/, '.test.ts')))).toBe(true);
  });

  it('has a line in its docs for each', async () => {
    const { [name]: registry } = await load(`${folder}/index.ts`);
    const options = textOf('docs/options.md');
    for (const entry of Object.keys(registry ?? {})) expect(options).toMatch(new RegExp(`['\`]${entry}['\`]`));
  });
});

describe('docs/strategies', async () => {
  const { strategies } = await load('lib/strategies/index.ts');
  const names = Object.keys(strategies ?? {});

  it.each(names)('has a page for %s', (name) => {
    expect(existsSync(path.join(root, `docs/strategies/${name}.md`))).toBe(true);
  });

  it('has a page for nothing else', () => {
    const pages = filesIn('docs/strategies', '.md').map((file) => path.basename(file, '.md'));
    expect(pages.filter((page) => !['README', 'choosing'].includes(page)).sort()).toEqual([...names].sort());
  });

  it.each(names)('lists %s', (name) => {
    expect(textOf('docs/strategies/README.md')).toContain(`(${name}.md)`);
  });
});

describe('test/ mirrors lib/', () => {
  const PROVERS = new Set(['VariableDeclaration', 'FunctionDeclaration', 'ClassDeclaration']);

  /** Whether a file has code in it, and not types only. */
  function hasCode(file: string): boolean {
    return [...walk(treeOf(file))].some(
      ({ node }) =>
        node.type === 'ExportNamedDeclaration' &&
        PROVERS.has(String((node.declaration as { type?: string } | null)?.type)),
    );
  }

  // What stands directly in lib/ is put together from the rest, and tested as a whole.
  const folders = filesIn('lib', '.ts').filter((file) => file.split('/').length > 2);
  // Registries are held to their entries above, and by the suites in test/contracts/.
  // What draws in a browser is tested in one, by test/e2e/dashboard-page.test.ts.
  const drawing = 'lib/dashboard/page/browser/';
  const mirrored = folders.filter(
    (file) => path.basename(file) !== 'index.ts' && !file.startsWith(drawing) && hasCode(file),
  );

  it.each(mirrored)('%s', (file) => {
    expect(existsSync(path.join(root, file.replace(/^lib\//, 'test/').replace(/\.ts$/, '.test.ts')))).toBe(true);
  });
});
