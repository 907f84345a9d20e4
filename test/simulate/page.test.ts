import { expect, it } from 'vitest';
import { page } from '../../lib/simulate/page.js';
import { elementsOf, reportWith } from './fakes.js';

const hostile = `<img src=x onerror="alert('1')"> & co`;
const html = (name: string): string =>
  page([{ name: 'equal', title: `Equal ${name}`, summary: name, reports: [reportWith(name)] }], name, name);

it('is well formed, whatever names hold, and holds them as text', () => {
  const markup = html(hostile);
  expect(elementsOf(markup)).not.toContain('img');
  expect(markup).not.toContain(hostile);
  expect(markup).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; co');
});

it('loads nothing and runs nothing', () => {
  const markup = html('p2c');
  expect(elementsOf(markup)).not.toContain('script');
  expect(markup).not.toMatch(/\bsrc=|https?:|url\(|@import|<link/);
});

it('has a table and all plots, each with a name and a description; ids are unique and refer to what is there', () => {
  const markup = html('p2c');
  const names = elementsOf(markup);
  expect(names.filter((name) => name === 'svg')).toHaveLength(4);
  expect(names.filter((name) => name === 'table')).toHaveLength(1);
  const ids = [...markup.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const named = [...markup.matchAll(/ aria-labelledby="([^"]*)"/g)].flatMap(([, list = '']) => list.split(' '));
  expect(named.length).toBeGreaterThan(4);
  expect(ids).toEqual(expect.arrayContaining(named));
});

it('follows light and dark', () => {
  expect(html('p2c')).toContain('prefers-color-scheme:dark');
});
