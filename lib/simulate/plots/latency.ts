import { ms, percent } from '../figures.js';
import type { Report } from '../report.js';
import { type Figure, shortName, verticalGrid } from './figure.js';
import { element, escaped, label } from './markup.js';
import { logScale, type Scale, tickText } from './scale.js';

const LEFT = 190;
const RIGHT = 700;
const ROW = 24;
const TOP = 46;

/** p50, p95 and p99 of each strategy on one scale, and its errors in words. */
export function latencyPlot(reports: readonly Report[], scenario: string): Figure {
  const scale = logScale(
    reports.flatMap(({ p50, p99 }) => [p50, p99]),
    LEFT + 10,
    RIGHT - 50,
  );
  const bottom = TOP + ROW * reports.length;
  const rows = reports.map((report, i) => row(report, TOP + ROW * i + ROW / 2, scale));
  return {
    name: 'latency',
    title: `${scenario}: time to answer, ms`,
    description: reports.map(inWords).join(' '),
    height: bottom + 24,
    body: verticalGrid(scale, TOP, bottom, tickText) + head(reports[0], scale) + rows.join(''),
  };
}

function inWords({ strategy, p50, p95, p99, errors }: Report): string {
  return `${strategy}: p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)}, errors ${percent(errors)}.`;
}

/** Names the three dots, above those of the first row. */
function head(first: Report | undefined, scale: Scale): string {
  if (first === undefined || !Number.isFinite(first.p99)) return '';
  const p50 = scale.at(first.p50);
  const p95 = Math.max(p50 + 32, scale.at(first.p95));
  const p99 = Math.max(p95 + 32, scale.at(first.p99));
  const names = label(p50, TOP - 6, 'p50', 'faint', 'middle') + label(p95, TOP - 6, 'p95', 'faint', 'middle');
  return names + label(p99, TOP - 6, 'p99', 'faint', 'middle') + label(860, TOP - 6, 'errors', 'faint', 'end');
}

function row(report: Report, y: number, scale: Scale): string {
  const { strategy, p50, p95, p99, errors } = report;
  const name = label(LEFT - 14, y + 4, shortName(strategy, 26), '', 'end');
  const failed = label(860, y + 4, percent(errors), errors >= 0.0005 ? 'bad' : 'faint', 'end');
  if (!Number.isFinite(p50)) return name + failed;
  const dot = (value: number, classes: string, what: string): string =>
    element(
      'circle',
      { class: `dot ${classes}`, cx: scale.at(value), cy: y, r: 5.5 },
      element('title', {}, escaped(`${strategy}: ${what} ${ms(value)} ms`)),
    );
  const range = element('path', {
    class: 'range',
    d: `M${scale.at(p50).toFixed(1)} ${y}H${scale.at(p99).toFixed(1)}`,
  });
  const dots = dot(p50, 'low', 'p50') + dot(p95, 'middle', 'p95') + dot(p99, 'high', 'p99');
  return name + range + dots + label(scale.at(p99) + 11, y + 4, ms(p99), 'small') + failed;
}
