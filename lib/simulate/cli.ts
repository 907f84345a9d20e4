import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../core/clock.js';
import { unknownName } from '../core/problems.js';
import { type Arguments, argumentsOf, HELP } from './arguments.js';
import { tryOut } from './compare.js';
import { type Contender, contendersOf, registered } from './contenders.js';
import { PAGE, PLOTS, rewritten, shownPlots } from './docs.js';
import { grouped } from './figures.js';
import { page, type Result } from './page.js';
import type { Scenario } from './plan.js';
import { standalone } from './plots/figure.js';
import { type PlotName, plots } from './plots/index.js';
import { scenarios } from './scenarios/index.js';
import { speed } from './speed.js';
import { tableOf, textTable } from './table.js';
import { parseTrace, type TraceEntry } from './trace.js';
import { messageOf, UsageError } from './usage-error.js';
import { generate, replay } from './workload.js';

/** Where the command runs. */
export interface Surroundings {
  readonly clock: Clock;
  print(text: string): void;
  complain(text: string): void;
}

const registry: Readonly<Record<string, Scenario>> = scenarios;

/** `npm run simulate`. @returns the exit code */
export async function simulate(words: readonly string[], around: Surroundings): Promise<number> {
  try {
    await carriedOut(argumentsOf(words), around);
    return 0;
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    around.complain(`${thrown.message}\n`);
    return 2;
  }
}

async function carriedOut(args: Arguments, around: Surroundings): Promise<void> {
  if (args.help) return around.print(HELP);
  if (args.list) return around.print(listing());
  if (args.speed) {
    const rate = grouped(Math.round(await speed(around.clock)));
    return around.print(`round-robin over 10 backends: ${rate} simulated requests a second\n`);
  }
  if (args.docs && (args.scenarios.length > 0 || args.strategies.length > 0 || args.requests || args.trace)) {
    throw new UsageError('--docs: shows every scenario and strategy as they are, and takes no choice of them');
  }
  const since = around.clock.now();
  const results = await tried(args, around);
  const total = results.reduce((sum, { reports }) => sum + reports.reduce((all, { requests }) => all + requests, 0), 0);
  const seconds = (around.clock.now() - since) / 1000;
  around.print(`${grouped(total)} requests simulated in ${seconds.toFixed(1)} s (seed ${args.seed}).\n`);
  if (args.html !== undefined) {
    await written(args.html, htmlOf(results, args));
    around.print(`wrote ${args.html}\n`);
  }
  if (args.svg !== undefined) await drawn(args.svg, results, () => Object.keys(plots) as PlotName[], around);
  if (args.docs) {
    await written(PAGE, rewritten(await read('--docs', PAGE), results));
    around.print(`wrote ${PAGE}\n`);
    await drawn(PLOTS, results, shownPlots, around);
  }
}

function listing(): string {
  const lines = Object.entries(registry).map(([name, { summary }]) => `  ${name.padEnd(18)}${summary}`);
  const strategies = registered().map(({ name }) => `  ${name}`);
  return ['Scenarios:', ...lines, '', 'Strategies:', ...strategies, ''].join('\n');
}

async function tried(args: Arguments, around: Surroundings): Promise<Result[]> {
  const names = args.scenarios.length > 0 ? args.scenarios : Object.keys(registry);
  const chosen = names.map((name) => [name, scenarioNamed(name)] as const);
  const contenders = args.strategies.length > 0 ? await contendersOf(args.strategies) : registered();
  const trace = args.trace === undefined ? undefined : traceFrom(await read('--trace', args.trace), args.trace);
  return chosen.map(([name, scenario]) => {
    const result = played(name, scenario, contenders, args, trace);
    const { title, summary, reports } = result;
    around.print(`${title} (${name}): ${grouped(reports[0]?.requests ?? 0)} requests. ${summary}\n\n`);
    around.print(`${textTable(tableOf(reports))}\n\n`);
    return result;
  });
}

function scenarioNamed(name: string): Scenario {
  const scenario = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (scenario !== undefined) return scenario;
  throw new UsageError(`--scenario ${name}: ${unknownName('scenario', name, Object.keys(registry))}`);
}

function played(
  name: string,
  scenario: Scenario,
  contenders: readonly Contender[],
  { requests, seed }: Arguments,
  trace: readonly TraceEntry[] | undefined,
): Result {
  const workload =
    trace === undefined
      ? generate(scenario, requests ?? scenario.requests, seed)
      : replay(trace, scenario.keys, requests ?? trace.length, seed);
  const reports = contenders.map((contender) => tryOut(contender, scenario, workload, seed));
  return { name, title: scenario.title, summary: scenario.summary, reports };
}

function traceFrom(text: string, file: string): TraceEntry[] {
  try {
    return parseTrace(text);
  } catch (thrown) {
    throw new UsageError(`--trace ${file}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

function htmlOf(results: readonly Result[], { seed, trace }: Arguments): string {
  const origin = trace === undefined ? '' : ` The requests are those of ${path.basename(trace)}.`;
  const note = `Every strategy got the same requests at the same times. Times are those of answered requests; a refusal, a 500, a lost connection and a timeout are errors. Seed ${seed}.${origin}`;
  return page(results, 'Strategies, simulated', note);
}

async function drawn(
  folder: string,
  results: readonly Result[],
  which: (scenario: string) => readonly PlotName[],
  around: Surroundings,
): Promise<void> {
  let count = 0;
  for (const { name, title, reports } of results) {
    for (const plot of which(name)) {
      await written(path.join(folder, `${name}-${plot}.svg`), standalone(plots[plot](reports, title)));
      count++;
    }
  }
  around.print(`wrote ${count} plots to ${folder}\n`);
}

async function read(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    throw new UsageError(`${option} ${file}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

async function written(file: string, text: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (thrown) {
    throw new UsageError(`cannot write ${file}: ${messageOf(thrown)}`, { cause: thrown });
  }
}
