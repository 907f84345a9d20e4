import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vitest/node';

/** The repository, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Paths of the files below a folder, from the repository's root, with forward slashes. */
export function filesIn(folder: string, ending: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => path.posix.join(folder, file.replaceAll(path.sep, '/')))
    .filter((file) => file.endsWith(ending) && !file.includes('node_modules/'))
    .sort();
}

export function textOf(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** A node of a syntax tree (ESTree, with TypeScript's own kinds). */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** @throws when the text is no TypeScript */
export function parse(text: string, file = 'file.ts'): Node {
  const tree: unknown = parseAst(text, { lang: 'ts', astType: 'ts', sourceType: 'module' }, file);
  if (!isNode(tree)) throw new TypeError(`${file} has no tree`);
  return tree;
}

const trees = new Map<string, Node>();

export function treeOf(file: string): Node {
  const known = trees.get(file);
  if (known !== undefined) return known;
  const tree = parse(textOf(file), file);
  trees.set(file, tree);
  return tree;
}

/** Every node below this one, with the nodes it stands in, outermost first. */
export function* walk(node: Node, above: readonly Node[] = []): Generator<{ node: Node; above: readonly Node[] }> {
  yield { node, above };
  const inside = [...above, node];
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walk(child, inside);
  }
}

/** A literal's or template's text where it is known. */
function literal(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

/** What a node imports, in whatever way: `import`, `import type`, `export from`, `import()`, `import('x').T`, `require`. */
function importedBy(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
      return literal(node.source);
    case 'TSImportType':
      return (
        literal(node.source) ?? literal(node.argument) ?? literal(isNode(node.argument) ? node.argument.literal : 0)
      );
    case 'TSExternalModuleReference':
      return literal(node.expression);
    case 'CallExpression': {
      const { callee } = node;
      const list = Array.isArray(node.arguments) ? node.arguments : [];
      return isNode(callee) && callee.type === 'Identifier' && callee.name === 'require' ? literal(list[0]) : undefined;
    }
    default:
      return undefined;
  }
}

/** Every module a tree imports, as it is written there. */
export function importsOf(tree: Node): string[] {
  return [...walk(tree)].flatMap(({ node }) => importedBy(node) ?? []);
}

/** The file of the repository an import of this file leads to; undefined for packages. */
export function resolved(file: string, specifier: string): string | undefined {
  if (specifier === 'fairlead') return 'lib/index.ts';
  if (!specifier.startsWith('.')) return undefined;
  return path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, '.ts');
}

export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
