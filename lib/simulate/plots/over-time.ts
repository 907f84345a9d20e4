import { grouped, ms } from '../figures.js';
import type { Report, Slice } from '../report.js';
import { type Figure, horizontalGrid } from './figure.js';
import { element, label, path } from './markup.js';
import { apart, type Box, panels } from './panels.js';
import { linearScale, logScale, type Scale, tickText } from './scale.js';

interface Line {
  readonly name: string;
  readonly classes: string;
  of(slice: Slice): number;
}

const PERCENTILES: readonly Line[] = [
  { name: 'p50', classes: 'low', of: ({ p50 }) => p50 },
  { name: 'p95', classes: 'middle', of: ({ p95 }) => p95 },
  { name: 'p99', classes: 'high', of: ({ p99 }) => p99 },
];

const IN_FLIGHT: readonly Line[] = [
  { name: 'all', classes: 'middle', of: ({ inFlight }) => inFlight },
  { name: 'busiest', classes: 'high', of: ({ busiest }) => busiest },
];

/** Percentiles of the times to answer in each slice of the run, and the share that failed below. */
export function latencyOverTime(reports: readonly Report[], scenario: string): Figure {
  return {
    name: 'latency-over-time',
    title: `${scenario}: time to answer over time, ms${anyErrors(reports) ? '; below: share that failed, %' : ''}`,
    description: reports.map((report) => `${report.strategy}: ${worst(report)}.`).join(' '),
    ...linePanels(reports, PERCENTILES, 38),
  };
}

/** The most requests in flight in each slice, at all backends together and at the busiest. */
export function inFlightOverTime(reports: readonly Report[], scenario: string): Figure {
  const most = ({ strategy, inFlight, busiest }: Report): string =>
    `${strategy}: at most ${grouped(inFlight)}, at one backend ${grouped(busiest)}.`;
  return {
    name: 'in-flight',
    title: `${scenario}: requests in flight over time`,
    description: reports.map(most).join(' '),
    ...linePanels(reports, IN_FLIGHT, 46),
  };
}

const anyErrors = (reports: readonly Report[]): boolean => reports.some(({ errors }) => errors > 0);

function worst({ slices }: Report): string {
  const p99 = slices.map((slice) => slice.p99).filter(Number.isFinite);
  return `p99 between ${ms(Math.min(...p99))} and ${ms(Math.max(...p99))} ms`;
}

function linePanels(reports: readonly Report[], lines: readonly Line[], right: number) {
  const values = reports.flatMap(({ slices }) => slices.flatMap((slice) => lines.map((line) => line.of(slice))));
  const errors = lines === PERCENTILES && anyErrors(reports);
  const failed = reports.flatMap(({ slices }) => slices.map((slice) => slice.errors * 100));
  return panels(reports, { height: errors ? 140 : 104, left: 40, right }, ({ slices, duration }, box) => {
    const floor = errors ? box.bottom - 38 : box.bottom;
    const scale = logScale(values, floor, box.top + 4);
    return (
      horizontalGrid(scale, box.left, box.right, tickText) +
      timeAxis(slices, box, duration) +
      (errors ? failures(slices, { ...box, top: floor + 12 }, linearScale(failed, box.bottom, floor + 12)) : '') +
      lines.map((line) => drawn(line, slices, box, scale)).join('') +
      endLabels(lines, slices, { ...box, bottom: floor }, scale)
    );
  });
}

const middle = (i: number, { length }: readonly Slice[], { left, right }: Box): number =>
  left + ((right - left) * (i + 0.5)) / length;

function drawn(line: Line, slices: readonly Slice[], box: Box, scale: Scale): string {
  const points = slices.map((slice, i) => {
    const value = line.of(slice);
    return [middle(i, slices, box), value > 0 ? scale.at(value) : Number.NaN] as const;
  });
  return element('path', { class: `line ${line.classes}`, d: path(points) });
}

/** The name of each line, where it ends. */
function endLabels(lines: readonly Line[], slices: readonly Slice[], box: Box, scale: Scale): string {
  const ends = lines.map((line) => {
    const last = slices.map((slice) => line.of(slice)).findLast((value) => value > 0);
    return last === undefined ? box.bottom : scale.at(last) + 4;
  });
  const placed = apart(ends, 12, box.top + 8, box.bottom + 2);
  return lines.map(({ name }, i) => label(box.right + 4, placed[i] ?? 0, name, 'faint small')).join('');
}

/** A bar a slice, below the lines. */
function failures(slices: readonly Slice[], box: Box, scale: Scale): string {
  const width = (box.right - box.left) / slices.length;
  const bars = slices.map(({ errors }, i) => {
    const height = errors === 0 ? 0 : Math.max(1, box.bottom - scale.at(errors * 100));
    const bar = { class: 'bad', x: box.left + i * width, y: box.bottom - height, width, height };
    return height === 0 ? '' : element('rect', bar);
  });
  const most = scale.ticks.at(-1) ?? 0;
  const line = element('path', {
    class: 'grid',
    d: `M${box.left.toFixed(1)} ${box.top.toFixed(1)}H${box.right.toFixed(1)}`,
  });
  const words = label(box.left - 4, box.top + 6, `${tickText(most)} %`, 'faint small', 'end');
  return line + words + label(box.right + 4, box.bottom, 'failed', 'faint small') + bars.join('');
}

function timeAxis(slices: readonly Slice[], box: Box, duration: number): string {
  const last = slices.at(-1);
  const end = last === undefined ? duration : (last.from * slices.length) / (slices.length - 1);
  const until = `${tickText(Number((end / 1000).toPrecision(2)))} s`;
  const y = box.bottom + 14;
  return label(box.left, y, '0 s', 'faint small') + label(box.right, y, until, 'faint small', 'end');
}
