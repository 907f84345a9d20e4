import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { problemsOf } from '../core/problems.js';
import type { Strategy, StrategyEnvironment } from '../core/strategy.js';
import { strategies } from '../strategies/index.js';
import { strategySchema } from '../strategies/spec.js';
import { messageOf, UsageError } from './usage-error.js';

/** A strategy that is to be tried. */
export interface Contender {
  readonly name: string;
  /** Whether each `create` makes a new one: of a strategy that came as an object there is only that object. */
  readonly fresh: boolean;
  create(environment: StrategyEnvironment): Strategy;
}

/** Every strategy of the registry, aliases left out. */
export function registered(): Contender[] {
  const seen = new Set<unknown>();
  const names = Object.entries(strategies).flatMap(([name, module]) => {
    if (seen.has(module)) return [];
    seen.add(module);
    return [name];
  });
  return names.map(chosen);
}

/**
 * The strategies that words of the command line stand for: names separated by commas, files that export a strategy or a
 * function that makes one by default, or `["name", {options}]`.
 *
 * @throws UsageError that says what is wrong with which of them
 */
export async function contendersOf(words: readonly string[]): Promise<Contender[]> {
  const specs = words.flatMap((word) => (word.startsWith('[') ? [word] : word.split(',').map((each) => each.trim())));
  const found: Contender[] = [];
  for (const spec of specs) found.push(isFile(spec) ? await fromFile(spec) : chosen(spec));
  const twice = found.find(({ name }, i) => found.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined) throw new UsageError(`--strategy ${twice.name}: given twice`);
  return found;
}

function isFile(spec: string): boolean {
  return !spec.startsWith('[') && (/[/\\]/.test(spec) || /\.[cm]?[jt]s$/.test(spec));
}

function chosen(spec: string): Contender {
  const pair = spec.startsWith('[');
  const value = pair ? parsed(spec) : spec;
  const result = strategySchema.safeParse(value);
  if (!result.success) {
    const [problem] = problemsOf(result.error.issues, value);
    throw new UsageError(`--strategy ${spec}: ${pair && problem?.path ? `${problem.path}: ` : ''}${problem?.rule}`);
  }
  const { data } = result;
  return { name: pair ? spec : data.name, fresh: true, create: (environment) => data.create(environment) };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (thrown) {
    throw new UsageError(`--strategy ${json}: not JSON (${messageOf(thrown)})`);
  }
}

async function fromFile(file: string): Promise<Contender> {
  const name = path.basename(file).replace(/\.[cm]?[jt]s$/, '');
  const strategy = await defaultExport(file);
  if (isStrategy(strategy)) return { name, fresh: false, create: () => strategy };
  if (typeof strategy !== 'function') {
    throw new UsageError(`--strategy ${file}: its default export is neither an object with pick() nor a function`);
  }
  return {
    name,
    fresh: true,
    create: (environment) => {
      const made: unknown = strategy(environment);
      if (isStrategy(made)) return made;
      throw new UsageError(`--strategy ${file}: its function did not return an object with pick()`);
    },
  };
}

async function defaultExport(file: string): Promise<unknown> {
  try {
    const module: { readonly default?: unknown } = await import(pathToFileURL(path.resolve(file)).href);
    return module.default;
  } catch (thrown) {
    throw new UsageError(`--strategy ${file}: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}

function isStrategy(value: unknown): value is Strategy {
  return typeof value === 'object' && value !== null && 'pick' in value && typeof value.pick === 'function';
}
