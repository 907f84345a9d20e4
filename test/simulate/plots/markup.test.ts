import { expect, it } from 'vitest';
import { element, escaped, label, path } from '../../../lib/simulate/plots/markup.js';

it('escapes whatever text holds', () => {
  expect(escaped(`<a href="x">'&'</a>`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;');
  expect(element('g', { id: '"><script>' })).toBe('<g id="&quot;&gt;&lt;script&gt;"/>');
  expect(label(1, 2, '<b>')).toContain('&lt;b&gt;');
});

it('elements hold others, and numbers are cut to tenths', () => {
  expect(element('g', { x: 1.26, y: -0.04 }, element('a', {}), '!')).toBe('<g x="1.3" y="0"><a/>!</g>');
});

it('a line has a gap where a point is no number', () => {
  const points = [1, 2, Number.NaN, 4].map((y, x) => [x, y] as const);
  expect(path(points)).toBe('M0 1L1 2M3 4');
  expect(path([])).toBe('');
});
