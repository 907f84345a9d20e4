type Value = string | number;

/** Text for HTML and SVG, in elements and in attributes. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** An element. Attributes are escaped; what it holds is markup already: pass text through {@link escaped}. */
export function element(
  name: string,
  attributes: Readonly<Record<string, Value>>,
  ...inside: readonly string[]
): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(written(value))}"`);
  const open = `<${name}${list.join('')}`;
  return inside.length === 0 ? `${open}/>` : `${open}>${inside.join('')}</${name}>`;
}

/** Text at a point of a plot. */
export function label(x: number, y: number, text: string, classes = '', anchor = 'start'): string {
  return element('text', { x, y, class: classes, 'text-anchor': anchor }, escaped(text));
}

/** Tenths of a pixel: more cannot be seen, and makes large files. */
function written(value: Value): string {
  return typeof value === 'number' ? String(Math.round(value * 10) / 10) : value;
}

/** A line through points; one that is no number is a gap. */
export function path(points: readonly (readonly [x: number, y: number])[]): string {
  let drawn = false;
  const steps: string[] = [];
  for (const [x, y] of points) {
    if (Number.isFinite(y)) steps.push(`${drawn ? 'L' : 'M'}${written(x)} ${written(y)}`);
    drawn = Number.isFinite(y);
  }
  return steps.join('');
}
