import { expect, it } from 'vitest';
import { doesWell, PAGE, PLOTS, rewritten, shownPlots } from '../../lib/simulate/docs.js';
import { scenarios } from '../../lib/simulate/scenarios/index.js';
import { filesIn, textOf } from '../tree/source.js';
import { reportWith } from './fakes.js';

const reports = [reportWith('p2c'), reportWith('random', { p99: 75 })];
const result = { name: 'equal', title: 'Equal backends', summary: 'All alike.', reports };
const page = `# Mine

<!-- simulate: overview -->
old
<!-- end: overview -->
words
<!-- simulate: equal -->
<!-- end: equal -->
more words
`;

it('writes between the marks and leaves the words around them, again and again', () => {
  const once = rewritten(page, [result]);
  expect(once).toMatch(/^# Mine\n/);
  expect(once).not.toContain('old');
  expect(once).toContain('\nwords\n');
  expect(once).toMatch(/more words\n$/);
  expect(once).toContain('| `p2c` | **64.0** |');
  expect(once).toContain('| `random` | 75.0 |');
  expect(once).toContain('[Equal backends](#equal-backends)');
  expect(once).toContain('All alike.');
  expect(once).toContain('](plots/equal-latency.svg)');
  expect(rewritten(once, [result])).toBe(once);
});

it('refuses a page without a place for a scenario', () => {
  expect(() => rewritten(page, [{ ...result, name: 'other' }])).toThrow(/no place for other/);
});

it('doing well is few errors first, then a low p99', () => {
  const [good, slow, wrong] = [
    reportWith('good', { errors: 0.01 }),
    reportWith('slow', { errors: 0.01, p99: 75 }),
    reportWith('wrong', { errors: 0.05, p99: 10 }),
  ];
  const all = [good, slow, wrong];
  expect(all.filter((report) => doesWell(report, all))).toEqual([good]);
});

it('the page in docs/ has a place for every scenario, and its plots are there, and no others', () => {
  const text = textOf(PAGE);
  expect(
    rewritten(
      text,
      Object.keys(scenarios).map((name) => ({ ...result, name })),
    ),
  ).toContain('All alike.');
  const plots = Object.keys(scenarios).flatMap((name) =>
    shownPlots(name).map((plot) => `${PLOTS}/${name}-${plot}.svg`),
  );
  expect(filesIn(PLOTS, '.svg').sort()).toEqual(plots.sort());
  for (const plot of plots) expect(text).toContain(plot.replace('docs/strategies/', ''));
});
