import { inline } from './plots/figure.js';
import { plots } from './plots/index.js';
import { element, escaped } from './plots/markup.js';
import { colours, PLOT_STYLE } from './plots/theme.js';
import type { Report } from './report.js';
import { tableOf } from './table.js';

/** What became of a scenario. */
export interface Result {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly reports: readonly Report[];
}

const PAGE_STYLE = `${colours(':root')}
body{margin:0 auto;max-width:64rem;padding:1.5rem;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
h1,h2{line-height:1.2}h2{margin-top:3rem}p{max-width:44rem}a{color:var(--middle)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0}
.wide{overflow-x:auto;margin:1rem 0}.wide:focus-visible{outline:2px solid var(--middle)}
table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums;white-space:nowrap}
th,td{padding:.25rem .6rem;text-align:right;border-bottom:1px solid var(--grid)}
thead th{color:var(--faint);font-weight:400}tbody th,th:first-child,th:nth-child(2),td:nth-child(2){text-align:left}
figure{margin:1.5rem 0}svg.plot{display:block;width:100%;min-width:44rem;height:auto}
${PLOT_STYLE}`;

/** A page by itself: tables and plots, nothing loaded, no script. */
export function page(results: readonly Result[], heading: string, note: string): string {
  const links = results.map(({ name, title }) => element('li', {}, element('a', { href: `#${name}` }, escaped(title))));
  const head = [
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    element('title', {}, escaped(heading)),
    element('style', {}, PAGE_STYLE),
  ];
  const contents = element('nav', { 'aria-label': 'Scenarios' }, element('ul', {}, ...links));
  const top = element('h1', {}, escaped(heading)) + element('p', {}, escaped(note));
  const body = element('main', {}, top, contents, ...results.map(section));
  return `<!doctype html>\n<html lang="en"><head>${head.join('')}</head><body>${body}</body></html>\n`;
}

function section({ name, title, summary, reports }: Result): string {
  const figures = Object.values(plots).map((plot) => {
    const drawing = inline(plot(reports, title), name);
    return element('figure', {}, scrolling(drawing, 'Plot'));
  });
  const heading = element('h2', { id: `${name}-heading` }, escaped(title));
  const about = element('p', {}, escaped(summary));
  const inside = [heading, about, scrolling(tableMarkup(title, reports), 'Table'), ...figures];
  return element('section', { id: name, 'aria-labelledby': `${name}-heading` }, ...inside);
}

/** What is wider than the window scrolls by itself, with the keyboard too. */
function scrolling(inside: string, what: string): string {
  return element('div', { class: 'wide', tabindex: 0, role: 'group', 'aria-label': what }, inside);
}

function tableMarkup(title: string, reports: readonly Report[]): string {
  const { head, rows } = tableOf(reports);
  const top = head.map((cell) => element('th', { scope: 'col' }, escaped(cell)));
  const lines = rows.map(([name = '', ...cells]) => {
    const first = element('th', { scope: 'row' }, escaped(name));
    return element('tr', {}, first, ...cells.map((cell) => element('td', {}, escaped(cell))));
  });
  return element(
    'table',
    { 'aria-label': title },
    element('thead', {}, element('tr', {}, ...top)),
    element('tbody', {}, ...lines),
  );
}
