import type { Options, Series } from 'uplot';
import { type Figures, SECONDS } from '../protocol.js';
import type { Trace } from '../trace.js';
import { msText, rateText } from '../words.js';

// Loaded by a script of its own, from its package.
declare const uPlot: typeof import('uplot');

type Plot = import('uplot');

/** What is drawn together. */
export type Kind = 'rate' | 'latency';

interface Line {
  readonly name: keyof Figures;
  readonly label: string;
  /** Of the style sheet, so that they follow light and dark. */
  readonly color: string;
  readonly fill?: string;
}

const LINES: Readonly<Record<Kind, readonly Line[]>> = {
  rate: [
    { name: 'rate', label: 'requests/s', color: '--line-1', fill: '--fill-1' },
    { name: 'errors', label: 'failures/s', color: '--line-bad', fill: '--fill-bad' },
  ],
  latency: [
    { name: 'p99', label: 'p99', color: '--line-3' },
    { name: 'p95', label: 'p95', color: '--line-2' },
    { name: 'p50', label: 'p50', color: '--line-1' },
  ],
};

const SECONDS_AGO = Array.from({ length: SECONDS }, (_, i) => i - SECONDS + 1);

/** Colours are read anew for each drawing: the system may have changed from light to dark. */
const color = (name: string) => (): string => getComputedStyle(document.documentElement).getPropertyValue(name);

const seriesOf = ({ label, color: stroke, fill }: Line): Series => ({
  label,
  stroke: color(stroke),
  ...(fill !== undefined && { fill: color(fill) }),
  width: 1.25,
  points: { show: false },
  spanGaps: false,
});

/** Without the zeros that have only zeros beside them: no line along the bottom where nothing fails. */
function withoutFloor(values: readonly (number | null)[]): (number | null)[] {
  const some = (i: number): boolean => (values[i] ?? 0) > 0;
  return values.map((value, i) => (some(i - 1) || some(i) || some(i + 1) ? value : null));
}

function ago(seconds: number): string {
  return seconds === 0 ? 'now' : `${-seconds} s`;
}

function optionsOf(kind: Kind, width: number, height: number, large: boolean): Options {
  const valueText = kind === 'rate' ? rateText : msText;
  const axis = { stroke: color('--muted'), grid: { stroke: color('--grid'), width: 1 }, ticks: { show: false } };
  return {
    width,
    height,
    padding: large ? [8, 20, 0, 0] : [2, 0, 2, 0],
    cursor: { show: large, drag: { x: false, y: false } },
    legend: { show: false },
    scales: {
      x: { time: false, range: [1 - SECONDS, 0] },
      // From 0 on: a plot that begins elsewhere makes mountains out of nothing.
      y: { range: (_plot, _min, max) => [0, Math.max(max * 1.1, kind === 'rate' ? 1 : 5)] },
    },
    series: [{}, ...LINES[kind].map(seriesOf)],
    axes: large
      ? [
          { ...axis, size: 24, values: (_plot, marks) => marks.map(ago) },
          { ...axis, size: 48, values: (_plot, marks) => marks.map(valueText) },
        ]
      : [{ show: false }, { show: false }],
  };
}

/** A small live plot of one backend's last minutes; the numbers beside it say the same to who cannot see it. */
export class LivePlot {
  readonly #plot: Plot;
  readonly #kind: Kind;

  constructor(
    kind: Kind,
    place: HTMLElement,
    { width, height, large = false }: { width: number; height: number; large?: boolean },
  ) {
    this.#kind = kind;
    this.#plot = new uPlot(optionsOf(kind, width, height, large), [[], ...LINES[kind].map(() => [])], place);
    place.setAttribute('aria-hidden', 'true');
  }

  draw({ values }: Trace): void {
    const lines = LINES[this.#kind].map(({ name }) => (name === 'errors' ? withoutFloor(values[name]) : values[name]));
    this.#plot.setData([SECONDS_AGO, ...lines]);
  }

  close(): void {
    this.#plot.destroy();
  }
}
