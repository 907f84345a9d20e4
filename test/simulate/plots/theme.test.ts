import { expect, it } from 'vitest';
import { colours, PLOT_STYLE } from '../../../lib/simulate/plots/theme.js';

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const schemes = [...colours(':root').matchAll(/\{([^{}]*--ground[^{}]*)\}/g)].map(
  ([, body = '']) => new Map([...body.matchAll(/--(\w+):(#\w{6})/g)].map(([, name = '', hex = '']) => [name, hex])),
);

it.each([
  [0, 'light'],
  [1, 'dark'],
])('text can be read, and marks be seen, scheme %i (%s)', (which) => {
  const colour = (name: string): string => schemes[which]?.get(name) ?? '';
  for (const ground of ['ground', 'panel']) {
    for (const text of ['ink', 'faint', 'bad']) expect(contrast(colour(text), colour(ground))).toBeGreaterThan(4.5);
    for (const mark of ['middle', 'high']) expect(contrast(colour(mark), colour(ground))).toBeGreaterThan(3);
  }
});

it('uses no colour that is not among them', () => {
  const used = [...PLOT_STYLE.matchAll(/var\(--(\w+)\)/g)].map(([, name]) => name);
  expect([...(schemes[0]?.keys() ?? [])]).toEqual(expect.arrayContaining(used));
  expect(PLOT_STYLE).not.toMatch(/#[0-9a-f]{3}/i);
});
