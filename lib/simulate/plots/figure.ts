import { element, escaped, label } from './markup.js';
import type { Scale } from './scale.js';
import { colours, PLOT_STYLE } from './theme.js';

/** All plots are this wide, so that they stand well below each other. */
export const WIDTH = 860;

/** Around a plot that is a file of its own. */
const MARGIN = 12;

/** A plot as markup, and what a reader who does not see it is told. */
export interface Figure {
  /** For ids and file names. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly height: number;
  readonly body: string;
}

/** For a page that has the style already; ids are made unique by `scope`. */
export function inline(figure: Figure, scope: string): string {
  return drawn(figure, `${scope}-${figure.name}`, { viewBox: `0 0 ${WIDTH} ${figure.height}` }, '');
}

/** As a file of its own. */
export function standalone(figure: Figure): string {
  const style = element('style', {}, `${colours('svg.plot')}\n${PLOT_STYLE}`);
  const [width, height] = [WIDTH + 2 * MARGIN, figure.height + 2 * MARGIN];
  const viewBox = `-${MARGIN} -${MARGIN} ${width} ${height}`;
  const size = { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox };
  return `${drawn(figure, figure.name, size, style)}\n`;
}

function drawn(figure: Figure, id: string, size: Readonly<Record<string, string | number>>, style: string): string {
  const { title, description, body } = figure;
  return element(
    'svg',
    { ...size, class: 'plot', role: 'img', 'aria-labelledby': `${id}-t ${id}-d` },
    element('title', { id: `${id}-t` }, escaped(title)),
    element('desc', { id: `${id}-d` }, escaped(description)),
    style,
    label(0, 14, title, 'name'),
    body,
  );
}

/** Names of a user's own may be long. */
export function shortName(name: string, most = 24): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** Lines of a grid across, with their values at the left. */
export function horizontalGrid(scale: Scale, left: number, right: number, text: (value: number) => string): string {
  return scale.ticks
    .map((tick) => {
      const y = scale.at(tick);
      const line = element('path', { class: 'grid', d: `M${left} ${y.toFixed(1)}H${right}` });
      return line + label(left - 4, y + 4, text(tick), 'faint small', 'end');
    })
    .join('');
}

/** Lines of a grid down, with their values at the foot. */
export function verticalGrid(scale: Scale, top: number, bottom: number, text: (value: number) => string): string {
  return scale.ticks
    .map((tick) => {
      const x = scale.at(tick);
      const line = element('path', { class: 'grid', d: `M${x.toFixed(1)} ${top}V${bottom}` });
      return line + label(x, bottom + 15, text(tick), 'faint small', 'middle');
    })
    .join('');
}
