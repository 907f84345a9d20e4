import { percent } from '../figures.js';
import type { BackendShare, Report } from '../report.js';
import { type Figure, horizontalGrid, shortName, verticalGrid, WIDTH } from './figure.js';
import { element, escaped, label } from './markup.js';
import { type Box, panels } from './panels.js';
import { linearScale, type Scale, tickText } from './scale.js';

/** As many backends get a bar each; of more, the spread is shown. */
const BARS = 16;

/** Which backend got how much, and what would have been its share by weight. */
export function sharePlot(reports: readonly Report[], scenario: string): Figure {
  return (reports[0]?.backends.length ?? 0) <= BARS ? bars(reports, scenario) : spread(reports, scenario);
}

function bars(reports: readonly Report[], scenario: string): Figure {
  const shares = reports.flatMap(({ backends }) => backends.flatMap(({ share }) => share * 100));
  const { height, body } = panels(reports, { height: 84, left: 34, right: 0 }, (report, box) =>
    barsOf(report.backends, box, linearScale(shares, box.bottom, box.top + 4)),
  );
  const described = reports.map(({ strategy, backends }) => {
    return `${strategy}: ${backends.map(({ id, share }) => `${id} ${percent(share)}`).join(', ')}.`;
  });
  return {
    name: 'share',
    title: `${scenario}: share of each backend, % (line: its share by weight)`,
    description: described.join(' '),
    height,
    body,
  };
}

function barsOf(backends: readonly BackendShare[], box: Box, scale: Scale): string {
  const step = (box.right - box.left) / backends.length;
  const drawn = backends.map(({ id, share, relative }, i) => {
    const x = box.left + step * i;
    const y = scale.at(share * 100);
    const bar = { class: 'middle bar', x: x + step * 0.18, y, width: step * 0.64, height: box.bottom - y };
    const fair = relative > 0 ? scale.at((share * 100) / relative) : box.bottom;
    return (
      element('rect', bar, element('title', {}, escaped(`${id}: ${percent(share)}`))) +
      element('path', {
        class: 'fair',
        d: `M${(x + step * 0.08).toFixed(1)} ${fair.toFixed(1)}h${(step * 0.84).toFixed(1)}`,
      }) +
      label(x + step / 2, box.bottom + 14, shortName(id, 6), 'faint small', 'middle')
    );
  });
  return horizontalGrid(scale, box.left, box.right, tickText) + drawn.join('');
}

const LEFT = 190;
const ROW = 24;
const TOP = 34;

function spread(reports: readonly Report[], scenario: string): Figure {
  const sorted = reports.map(({ strategy, backends }) => {
    return { strategy, shares: Float64Array.from(backends, ({ relative }) => relative).sort() };
  });
  const most = sorted.map(({ shares }) => shares.at(-1) ?? 0);
  const scale = linearScale(most, LEFT + 6, WIDTH - 120);
  const bottom = TOP + ROW * sorted.length;
  const rows = sorted.map(({ strategy, shares }, i) => spreadRow(strategy, shares, TOP + ROW * i + ROW / 2, scale));
  return {
    name: 'share',
    title: `${scenario}: share of each backend over its fair share (thin: least to most, thick: the middle 90 %)`,
    description: sorted.map(({ strategy, shares }) => `${strategy}: ${extremes(shares)}.`).join(' '),
    height: bottom + 24,
    body: verticalGrid(scale, TOP, bottom, tickText) + rows.join(''),
  };
}

const extremes = (shares: Float64Array): string => `${shares[0]?.toFixed(2)} to ${shares.at(-1)?.toFixed(2)}`;

function spreadRow(strategy: string, shares: Float64Array, y: number, scale: Scale): string {
  const at = (share: number): number => scale.at(shares[Math.floor(share * (shares.length - 1))] ?? 0);
  const whole = { class: 'fair', d: `M${at(0).toFixed(1)} ${y}H${at(1).toFixed(1)}` };
  const middle = { class: 'middle bar', x: at(0.05), y: y - 4, width: Math.max(2, at(0.95) - at(0.05)), height: 8 };
  return (
    label(LEFT - 14, y + 4, shortName(strategy, 26), '', 'end') +
    element('path', whole) +
    element('rect', middle) +
    label(WIDTH, y + 4, extremes(shares), 'faint small', 'end')
  );
}
