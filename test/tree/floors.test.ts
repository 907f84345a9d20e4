import { describe, expect, it } from 'vitest';
import { filesIn, importsOf, lineOf, type Node, parse, resolved, textOf, treeOf, walk } from './source.js';

/** What may import what (DESIGN, docs/architecture.md). A folder that is not here is on the ground of nobody. */
const FLOOR = new Map<string, number>([
  ['util', 0],
  ['core', 0],
  ['load', 1],
  ...['strategies', 'identity', 'sticky', 'health', 'resilience', 'shaping', 'forward', 'observe'].map(
    (folder): [string, number] => [folder, 2],
  ),
  ['options', 3],
  ['simulate', 3],
  ['path', 4],
  ['fleet', 4],
  // The other files directly in lib/.
  ['', 5],
  // Stands beside the balancers of an app, and is imported by nobody.
  ['dashboard', 6],
]);

const files = filesIn('lib', '.ts');

/**
 * `core` for lib/core/pool.ts, `forward` for lib/forward/engines/x.ts, '' for lib/index.ts. The options are read by those
 * who are put together from them, and stand below.
 */
function folderOf(file: string): string {
  if (file === 'lib/options.ts') return 'options';
  const [, folder = '', ...rest] = file.split('/');
  return rest.length === 0 ? '' : folder;
}

/** Why one file may not import another, or undefined. */
function trespass(from: string, to: string): string | undefined {
  const [here, there] = [folderOf(from), folderOf(to)];
  if (here === there) return undefined;
  const [floor, other] = [FLOOR.get(here), FLOOR.get(there)];
  if (floor === undefined || other === undefined) return 'a folder that is on no floor';
  if (here === 'util') return 'util knows nothing of ours';
  if (there === 'simulate') return 'the simulator is a command by itself';
  if (floor === 0) return there === 'util' ? undefined : 'core imports util only';
  return other < floor ? undefined : 'a floor imports those below it, never its own or one above';
}

interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly to: string | undefined;
}

const imports: Import[] = files.flatMap((from) =>
  importsOf(treeOf(from)).map((specifier) => ({ from, specifier, to: resolved(from, specifier) })),
);

describe('floors', () => {
  it('there is something to look at', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(imports.filter(({ to }) => to !== undefined).length).toBeGreaterThan(100);
  });

  it('every folder of lib/ is on one', () => {
    expect(files.filter((file) => !FLOOR.has(folderOf(file)))).toEqual([]);
  });

  it('every import of ours leads to a file of lib/', () => {
    const known = new Set(files);
    expect(imports.filter(({ to }) => to !== undefined && !known.has(to))).toEqual([]);
  });

  it('nobody imports above, beside or outside its floor', () => {
    const found = imports.flatMap(({ from, to }) => {
      const why = to === undefined ? undefined : trespass(from, to);
      return why === undefined ? [] : [`${from} -> ${to}: ${why}`];
    });
    expect(found).toEqual([]);
  });

  it.each([
    ['lib/core/a.ts', 'lib/util/b.ts', true],
    ['lib/core/a.ts', 'lib/load/b.ts', false],
    ['lib/util/a.ts', 'lib/core/b.ts', false],
    ['lib/load/a.ts', 'lib/core/b.ts', true],
    ['lib/load/a.ts', 'lib/strategies/b.ts', false],
    ['lib/strategies/a.ts', 'lib/load/b.ts', true],
    ['lib/strategies/a.ts', 'lib/sticky/b.ts', false],
    ['lib/forward/engines/a.ts', 'lib/forward/b.ts', true],
    ['lib/forward/a.ts', 'lib/options.ts', false],
    ['lib/options.ts', 'lib/forward/a.ts', true],
    ['lib/options.ts', 'lib/index.ts', false],
    ['lib/path/a.ts', 'lib/options.ts', true],
    ['lib/path/a.ts', 'lib/fleet/b.ts', false],
    ['lib/fleet/a.ts', 'lib/path/b.ts', false],
    ['lib/path/a.ts', 'lib/request-path.ts', false],
    ['lib/request-path.ts', 'lib/path/a.ts', true],
    ['lib/balancer.ts', 'lib/fleet/a.ts', true],
    ['lib/simulate/a.ts', 'lib/strategies/b.ts', true],
    ['lib/simulate/a.ts', 'lib/options.ts', false],
    ['lib/index.ts', 'lib/simulate/a.ts', false],
    ['lib/dashboard/a.ts', 'lib/load-balancer.ts', true],
    ['lib/index.ts', 'lib/dashboard/a.ts', false],
    ['lib/stores/a.ts', 'lib/core/b.ts', false],
  ])('the rule itself: %s may import %s: %s', (from, to, allowed) => {
    expect(trespass(from, to) === undefined).toBe(allowed);
  });

  it('imports are seen however they are written', () => {
    const source = `
      import type { A } from './a.js';
      import { type B } from './b.js';
      import './c.js';
      export type { D } from './d.js';
      export * from './e.js';
      type F = import('./f.js').F;
      const g = await import('./g.js');
      const h = require('./h.js');`;
    expect(importsOf(parse(source)).sort()).toEqual('abcdefgh'.split('').map((name) => `./${name}.js`));
  });
});

describe('cycles', () => {
  /** The first cycle found, as a list of files that begins and ends with the same. */
  function cycle(edges: ReadonlyMap<string, readonly string[]>): string[] | undefined {
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): string[] | undefined => {
      const at = path.indexOf(file);
      if (at !== -1) return [...path.slice(at), file];
      if (done.has(file)) return undefined;
      for (const next of edges.get(file) ?? []) {
        const found = visit(next, [...path, file]);
        if (found !== undefined) return found;
      }
      done.add(file);
      return undefined;
    };
    for (const file of edges.keys()) {
      const found = visit(file, []);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  it('there are none, `import type` included', () => {
    const edges = new Map<string, string[]>(files.map((file) => [file, []]));
    for (const { from, to } of imports) if (to !== undefined) edges.get(from)?.push(to);
    expect(cycle(edges)?.join(' -> ')).toBeUndefined();
  });

  it('would be found', () => {
    const edges = { a: ['b'], b: ['c', 'd'], c: [], d: ['b'] };
    expect(cycle(new Map(Object.entries(edges)))).toEqual(['b', 'd', 'b']);
  });
});

/** Names read from nowhere: not a member of something, not a key, not declared here. */
function isGlobal(node: Node, parent: Node | undefined): boolean {
  if (node.type !== 'Identifier' || parent === undefined) return false;
  const isMember = parent.type === 'MemberExpression' && parent.property === node && parent.computed !== true;
  const isKey = 'key' in parent && parent.key === node && parent.computed !== true && parent.shorthand !== true;
  return !isMember && !isKey && !parent.type.startsWith('TSMethod') && !parent.type.startsWith('TSProperty');
}

const CLOCK = 'lib/core/clock.ts';
const RANDOM = 'lib/core/random.ts';
/** The dashboard's page runs in a browser, which has its own. */
const PAGE_CLOCK = 'lib/dashboard/page/browser/clock.ts';

/** Globals, and members of globals, that time or chance comes from. */
const SOURCES = new Map<string, 'time' | 'chance'>([
  ...['setTimeout', 'setInterval', 'setImmediate'].map((name) => [name, 'time'] as const),
  ...['clearTimeout', 'clearInterval', 'clearImmediate'].map((name) => [name, 'time'] as const),
  ...['performance', 'Date.now', 'process.hrtime', 'process.uptime'].map((name) => [name, 'time'] as const),
  ...['crypto', 'webcrypto', 'Math.random'].map((name) => [name, 'chance'] as const),
  ...['randomUUID', 'randomBytes', 'randomInt', 'getRandomValues'].map((name) => [name, 'chance'] as const),
]);

/** `Date.now` for that member, `setTimeout` for that global, `Date()` for a date that is made. */
function sourceName(node: Node, parent: Node | undefined): string | undefined {
  const nameOf = (part: unknown): string => String((part as Node | undefined)?.name);
  if (node.type === 'MemberExpression') return `${nameOf(node.object)}.${nameOf(node.property)}`;
  return isGlobal(node, parent) ? String(node.name) : undefined;
}

function isDate(node: Node): boolean {
  return ['NewExpression', 'CallExpression'].includes(node.type) && (node.callee as Node).name === 'Date';
}

const isTimersModule = (node: Node): boolean =>
  node.type === 'Literal' && /^(node:)?timers(\/promises)?$/.test(String(node.value));

interface Finding {
  readonly node: Node;
  readonly what: 'time' | 'chance';
}

/** What of time or chance a file takes from somewhere else than where it comes in. */
function smuggled(tree: Node): Finding[] {
  return [...walk(tree)].flatMap(({ node, above }): Finding[] => {
    if (isDate(node) || isTimersModule(node)) return [{ node, what: 'time' }];
    const what = SOURCES.get(sourceName(node, above.at(-1)) ?? '');
    return what === undefined ? [] : [{ node, what }];
  });
}

describe('time and chance', () => {
  it.each([
    ['time', CLOCK],
    ['chance', RANDOM],
  ] as const)('%s comes from %s and nowhere else', (what, source) => {
    const found = files
      .filter((file) => file !== source && file !== PAGE_CLOCK)
      .flatMap((file) =>
        smuggled(treeOf(file))
          .filter((finding) => finding.what === what)
          .map(({ node }) => `${file}:${lineOf(textOf(file), node.start)} ${textOf(file).slice(node.start, node.end)}`),
      );
    expect(found).toEqual([]);
  });

  it('does come from there', () => {
    expect(smuggled(treeOf(CLOCK)).some(({ what }) => what === 'time')).toBe(true);
    expect(smuggled(treeOf(RANDOM)).some(({ what }) => what === 'chance')).toBe(true);
  });

  it.each([
    ['Date.now()', 1],
    ['new Date()', 1],
    ['new Date(5)', 1],
    ['Math.random()', 1],
    ['const f = Math.random;', 1],
    ['setTimeout(() => {}, 5)', 1],
    ['globalThis.setTimeout(() => {}, 5)', 0],
    ['const t = { setTimeout };', 1],
    ['socket.setTimeout(5)', 0],
    ['const o = { setTimeout: 1 };', 0],
    ['class A { setTimeout() {} }', 0],
    ["import { setTimeout as sleep } from 'node:timers/promises';", 1],
    ["import { randomUUID } from 'node:crypto';", 1],
    ['process.hrtime.bigint()', 1],
    ['Date.parse(text)', 0],
    ['const d: Date = x;', 0],
  ])('the rule itself: %s', (source, count) => {
    expect(Math.min(1, smuggled(parse(source)).length)).toBe(count);
  });
});

describe('what lib/ does without', () => {
  const offences = (matches: (node: Node, above: readonly Node[]) => boolean): string[] =>
    files.flatMap((file) =>
      [...walk(treeOf(file))]
        .filter(({ node, above }) => matches(node, above))
        .map(({ node }) => `${file}:${lineOf(textOf(file), node.start)}`),
    );

  it('Express: it works under anything', () => {
    const found = imports.filter(({ specifier }) => /^(@types\/)?(express|connect)(-[\w-]+)?(\/|$)/.test(specifier));
    expect(found).toEqual([]);
  });

  it('any', () => {
    expect(offences((node) => node.type === 'TSAnyKeyword')).toEqual([]);
  });

  it('as unknown as', () => {
    const isUnknown = (node: unknown): boolean =>
      (node as Node).type === 'TSAsExpression' && ((node as Node).typeAnnotation as Node).type === 'TSUnknownKeyword';
    expect(offences((node) => node.type === 'TSAsExpression' && isUnknown(node.expression))).toEqual([]);
  });

  it('non-null assertions', () => {
    expect(offences((node) => node.type === 'TSNonNullExpression')).toEqual([]);
  });

  it('console', () => {
    expect(offences((node, above) => node.name === 'console' && isGlobal(node, above.at(-1)))).toEqual([]);
  });

  it('default exports', () => {
    expect(offences((node) => node.type === 'ExportDefaultDeclaration')).toEqual([]);
  });

  it('comments that switch a rule off', () => {
    const found = files.filter((file) => /@ts-(ignore|nocheck|expect-error)|biome-ignore/.test(textOf(file)));
    expect(found).toEqual([]);
  });

  it('dependencies that package.json does not name', () => {
    const { dependencies, peerDependencies } = JSON.parse(textOf('package.json'));
    const named = new Set(Object.keys({ ...dependencies, ...peerDependencies }));
    const found = imports.filter(({ specifier, to }) => {
      const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '';
      return to === undefined && !specifier.startsWith('node:') && !named.has(name);
    });
    expect(found).toEqual([]);
  });
});

describe('size', () => {
  it('no file passes 250 lines', () => {
    const long = files.map((file) => [file, textOf(file).trimEnd().split('\n').length] as const);
    expect(long.filter(([, lines]) => lines > 250)).toEqual([]);
  });

  const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

  function functionsOf(text: string, tree: Node): { line: number; lines: number }[] {
    return [...walk(tree)]
      .filter(({ node }) => FUNCTIONS.has(node.type))
      .map(({ node }) => ({
        line: lineOf(text, node.start),
        lines: text.slice(node.start, node.end).split('\n').length,
      }));
  }

  it('no function passes 50 lines', () => {
    const found = files.flatMap((file) =>
      functionsOf(textOf(file), treeOf(file))
        .filter(({ lines }) => lines > 50)
        .map(({ line, lines }) => `${file}:${line} has ${lines} lines`),
    );
    expect(found).toEqual([]);
  });

  it('functions of every kind are measured', () => {
    const body = '\n'.repeat(51);
    const kinds = [
      `function f() {${body}}`,
      `const f = () => {${body}};`,
      `class A { f() {${body}} }`,
      `({ f() {${body}} })`,
    ];
    for (const source of kinds) {
      expect(functionsOf(source, parse(source)).map(({ lines }) => lines)).toEqual([52]);
    }
  });
});
