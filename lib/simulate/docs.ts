import { ms, percent } from './figures.js';
import type { Result } from './page.js';
import type { PlotName } from './plots/index.js';
import type { Report } from './report.js';
import { markdownTable, tableOf } from './table.js';
import { UsageError } from './usage-error.js';

/** The page that shows which strategy wins where, and where its plots lie beside it. */
export const PAGE = 'docs/strategies/choosing.md';
export const PLOTS = 'docs/strategies/plots';

/** What a scenario shows beside its latency, where that says more than the table. */
const SHOWN: Readonly<Record<string, readonly PlotName[]>> = {
  'failing-fast': ['latency', 'share'],
  flapping: ['latency', 'latency-over-time'],
  heterogeneous: ['latency', 'share'],
  'hot-key': ['latency', 'share'],
  'rolling-restart': ['latency', 'latency-over-time'],
  thousand: ['latency', 'share'],
};

/** The plots of a scenario that the page shows. */
export function shownPlots(scenario: string): readonly PlotName[] {
  return SHOWN[scenario] ?? ['latency'];
}

/**
 * The page with what stands between its marks made anew; what people wrote around them stays.
 *
 * @throws UsageError when it has no marks for a scenario
 */
export function rewritten(text: string, results: readonly Result[]): string {
  let page = between(text, 'overview', overview(results));
  for (const result of results) page = between(page, result.name, block(result));
  return page;
}

function between(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- simulate: ${name} -->`, `<!-- end: ${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from === -1 || to === -1) throw new UsageError(`${PAGE}: no place for ${name} (${begin} and ${end})`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

function block({ name, title, summary, reports }: Result): string {
  const images = shownPlots(name).map((plot) => `![${title}: ${plot.replaceAll('-', ' ')}](plots/${name}-${plot}.svg)`);
  return [summary, markdownTable(tableOf(reports)), ...images].join('\n\n');
}

/** p99 and errors of every strategy in every scenario; in bold who does well. */
function overview(results: readonly Result[]): string {
  const strategies = results[0]?.reports.map(({ strategy }) => strategy) ?? [];
  const rows = strategies.map((name) => [
    name,
    ...results.map(({ reports }) => {
      const report = reports.find(({ strategy }) => strategy === name);
      return report === undefined ? '' : cell(report, reports);
    }),
  ]);
  const head = ['strategy', ...results.map(({ name, title }) => `[${title}](#${anchor(title, name)})`)];
  return markdownTable({ head, words: 1, rows });
}

/** As GitHub makes anchors of headings. */
function anchor(title: string, name: string): string {
  return title === '' ? name : title.toLowerCase().replaceAll(' ', '-');
}

function cell(report: Report, all: readonly Report[]): string {
  const text = report.errors < 0.0005 ? ms(report.p99) : `${ms(report.p99)}, ${percent(report.errors)} errors`;
  return doesWell(report, all) ? `**${text}**` : text;
}

/** Fails at most a tenth more often than the most reliable (and 0.1 % of all requests), and is nearly as fast as the best of such. */
export function doesWell({ errors, p99 }: Report, all: readonly Report[]): boolean {
  const fewest = Math.min(...all.map((report) => report.errors));
  const reliable = all.filter((report) => report.errors <= 1.1 * fewest + 0.001);
  const best = Math.min(...reliable.map((report) => report.p99));
  return errors <= 1.1 * fewest + 0.001 && p99 <= 1.1 * best;
}
