/** Draws runs of the scene one below the other: requests a second to each backend, and errors. */
import { IDS, PER_SECOND, SCRIPT, SECONDS } from './scene.js';

/** @typedef {{ share: number[], failed: number, states: string[] }} Second */

const WIDTH = 860;
const LEFT = 60;
const PANEL = 150;
const GAP = 46;
const TOP = 34;
const COLOURS = ['#2b6cb0', '#2f855a', '#b7791f'];
const ERROR = '#c53030';

const x = (/** @type {number} */ second) => LEFT + ((WIDTH - LEFT - 10) * second) / (SECONDS - 1);

function panel(/** @type {string} */ title, /** @type {Second[]} */ seconds, /** @type {number} */ top) {
  const y = (/** @type {number} */ value) => top + PANEL - (PANEL * Math.min(value, PER_SECOND)) / PER_SECOND;
  const line = (/** @type {number[]} */ values, /** @type {string} */ colour) =>
    `<polyline fill="none" stroke="${colour}" stroke-width="1.6" points="${values
      .map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`)
      .join(' ')}"/>`;
  const grid = [0, 1_000, 2_000].map(
    (value) =>
      `<line x1="${LEFT}" x2="${WIDTH - 10}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/>` +
      `<text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${value}</text>`,
  );
  const marks = [...SCRIPT.keys()].map(
    (second) =>
      `<line x1="${x(second)}" x2="${x(second)}" y1="${top}" y2="${top + PANEL}" stroke="#bbb" stroke-dasharray="3 3"/>`,
  );
  const bars = seconds.map(({ failed }, i) =>
    failed === 0
      ? ''
      : `<rect x="${x(i) - 4}" width="8" y="${y(failed)}" height="${top + PANEL - y(failed)}" fill="${ERROR}" fill-opacity="0.75"/>`,
  );
  const errors = seconds.reduce((sum, { failed }) => sum + failed, 0);
  const lines = IDS.map((_id, i) =>
    line(
      seconds.map(({ share }) => share[i] ?? 0),
      COLOURS[i] ?? '#000',
    ),
  );
  const text = `<text x="${LEFT}" y="${top - 8}" font-weight="bold">${title}: ${errors} errors</text>`;
  return [text, ...grid, ...marks, ...bars, ...lines].join('\n');
}

/** @param {Readonly<Record<string, Second[]>>} runs */
export function plot(runs) {
  const panels = Object.entries(runs).map(([title, seconds], i) => panel(title, seconds, TOP + 20 + i * (PANEL + GAP)));
  const height = TOP + 20 + panels.length * (PANEL + GAP);
  const axis = Array.from({ length: Math.ceil(SECONDS / 5) }, (_, i) => i * 5).map(
    (second) => `<text x="${x(second)}" y="${height - GAP + 16}" text-anchor="middle">${second} s</text>`,
  );
  const legend = [...IDS.map((id, i) => [id, COLOURS[i]]), ['errors', ERROR]].map(
    ([name, colour], i) => `<text x="${LEFT + i * 60}" y="18" fill="${colour}" font-weight="bold">${name}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    '<title>Requests a second to each backend, and errors, in four runs</title>',
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...legend,
    `<text x="${WIDTH - 10}" y="18" text-anchor="end">requests a second to each backend</text>`,
    ...panels,
    ...axis,
    '</svg>',
    '',
  ].join('\n');
}
