import { grouped, ms, percent } from './figures.js';
import type { Report } from './report.js';

/** As many backends as are listed one by one; of more, the extremes. */
const LISTED = 6;

export interface Table {
  readonly head: readonly string[];
  /** So many cells of a row are words, the others figures. */
  readonly words: number;
  readonly rows: readonly (readonly string[])[];
}

/** One line a strategy. */
export function tableOf(reports: readonly Report[]): Table {
  const withMoves = reports.some(({ keyMoves }) => keyMoves !== undefined);
  const few = (reports[0]?.backends.length ?? 0) <= LISTED;
  const ids = reports[0]?.backends.map(({ id }) => id).join(' ') ?? '';
  const head = [
    'strategy',
    few ? `share of ${ids}, %` : 'share over fair share',
    ...['p50 ms', 'p95 ms', 'p99 ms', 'in flight', 'at one', 'errors'],
    ...(withMoves ? ['keys moved (had to)'] : []),
  ];
  return {
    head,
    words: 2,
    rows: reports.map((report) => [...cellsOf(report), ...(withMoves ? [movesOf(report)] : [])]),
  };
}

function cellsOf(report: Report): string[] {
  const { strategy, p50, p95, p99, inFlight, busiest, errors } = report;
  const flight = [grouped(inFlight), grouped(busiest)];
  return [strategy, sharesOf(report), ms(p50), ms(p95), ms(p99), ...flight, percent(errors)];
}

function sharesOf({ backends }: Report): string {
  if (backends.length <= LISTED) return backends.map(({ share }) => (100 * share).toFixed(1)).join(' ');
  const relative = backends.map((backend) => backend.relative);
  return `${Math.min(...relative).toFixed(2)} to ${Math.max(...relative).toFixed(2)}`;
}

/** What moved, and of it what had to. */
function movesOf({ keyMoves }: Report): string {
  return keyMoves === undefined ? '' : `${percent(keyMoves.moved)} (${percent(keyMoves.needed)})`;
}

/** For a terminal: words to the left, figures to the right. */
export function textTable({ head, words, rows }: Table): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i < words ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

/** For a page of the docs; names of strategies in backticks. */
export function markdownTable({ head, words, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(inCell).join(' | ')} |`;
  const rule = `| ${head.map((_, i) => (i < words ? '---' : '--:')).join(' | ')} |`;
  return [line(head), rule, ...rows.map(([name = '', ...rest]) => line([`\`${name}\``, ...rest]))].join('\n');
}

function inCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
