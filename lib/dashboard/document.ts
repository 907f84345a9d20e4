import type { Picture } from './board.js';
import type { Row } from './page/protocol.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for between tags and for attributes in quotes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

const cells = (tag: 'td' | 'th', texts: readonly (string | number)[]): string =>
  `<tr>${texts.map((text) => `<${tag}>${escaped(String(text))}</${tag}>`).join('')}</tr>`;

function rowOf({ id, url, word, why, active, total, failed, p50, p99, weight }: Row): string {
  const latency = p50 === null || p99 === null ? '-' : `${Math.round(p50)} / ${Math.round(p99)} ms`;
  return cells('td', [id, url, why === '' ? word : `${word}: ${why}`, active, total, failed, latency, weight]);
}

const COLUMNS = ['Backend', 'URL', 'State', 'Active', 'Total', 'Failed', 'p50 / p99', 'Weight'];

function table({ head, rows }: Picture): string {
  const title = `<h2>${escaped(head.name)} (${escaped(head.strategy)})</h2>`;
  return `${title}<table><thead>${cells('th', COLUMNS)}</thead><tbody>${rows.map(rowOf).join('')}</tbody></table>`;
}

/**
 * The page. A script fills it; where there is none, it is a table that loads itself anew.
 *
 * @param version of the assets, part of their path
 */
export function documentOf(version: string, pictures: readonly Picture[]): string {
  const asset = (name: string): string => `assets/${version}/${name}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>fairlead</title>
<link rel="icon" type="image/svg+xml" href="${asset('icon.svg')}" data-good="${asset('icon.svg')}" data-bad="${asset('icon-bad.svg')}">
<link rel="stylesheet" href="${asset('uplot.css')}">
<link rel="stylesheet" href="${asset('style.css')}">
<noscript><meta http-equiv="refresh" content="5"></noscript>
<script src="${asset('uplot.js')}" defer></script>
<script src="${asset('main.js')}" type="module"></script>
</head>
<body>
<noscript><main><h1>fairlead</h1>${pictures.map(table).join('')}</main></noscript>
</body>
</html>
`;
}
