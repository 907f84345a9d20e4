import { expect, it } from 'vitest';
import { horizontalGrid, inline, shortName, standalone, verticalGrid } from '../../../lib/simulate/plots/figure.js';
import { linearScale, tickText } from '../../../lib/simulate/plots/scale.js';
import { elementsOf } from '../fakes.js';

const figure = { name: 'share', title: 'a & b', description: '<none>', height: 100, body: '<g/>' };

it('says what it is to those who do not see it', () => {
  const markup = inline(figure, 'equal');
  expect(elementsOf(markup)).toEqual(['svg', 'title', 'desc', 'text', 'g']);
  expect(markup).toContain('role="img" aria-labelledby="equal-share-t equal-share-d"');
  expect(markup).toContain('<title id="equal-share-t">a &amp; b</title>');
  expect(markup).toContain('<desc id="equal-share-d">&lt;none&gt;</desc>');
});

it('is complete as a file: namespace, size, colours of its own', () => {
  const markup = standalone(figure);
  expect(elementsOf(markup)).toContain('style');
  expect(markup).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="\d+" height="\d+"/);
  expect(markup).toContain('prefers-color-scheme:dark');
});

it('has a line and a word a tick', () => {
  const scale = linearScale([100], 0, 50);
  for (const grid of [horizontalGrid, verticalGrid]) {
    const names = elementsOf(grid(scale, 0, 100, tickText));
    expect(names).toEqual(scale.ticks.flatMap(() => ['path', 'text']));
  }
});

it('cuts long names', () => {
  expect(shortName('least-connections')).toBe('least-connections');
  expect(shortName('abcdef', 4)).toBe('abc…');
});
