import { shortName, WIDTH } from './figure.js';
import { element, label } from './markup.js';

const COLUMNS = 3;
const GAP = 14;
const HEAD = 34;
const NAME = 20;
const FOOT = 18;

/** Where a panel draws: the corners of its ground. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Panels {
  readonly height: number;
  readonly body: string;
}

interface Layout {
  /** Of the ground of each panel. */
  readonly height: number;
  /** Room for what stands at the left and at the right of the ground. */
  readonly left: number;
  readonly right: number;
}

/** One small plot a strategy, three beside each other, each drawn in its box. */
export function panels<Item extends { readonly strategy: string }>(
  items: readonly Item[],
  layout: Layout,
  draw: (item: Item, box: Box) => string,
): Panels {
  const width = (WIDTH - GAP * (COLUMNS - 1)) / COLUMNS;
  const row = NAME + layout.height + FOOT + GAP;
  const body = items.map((item, i) => {
    const x = (i % COLUMNS) * (width + GAP);
    const top = HEAD + Math.floor(i / COLUMNS) * row + NAME;
    const box: Box = { left: x + layout.left, right: x + width - layout.right, top, bottom: top + layout.height };
    const ground = { class: 'panel', x: box.left, y: top, width: box.right - box.left, height: layout.height };
    return label(box.left, top - 6, shortName(item.strategy, 32), 'name') + element('rect', ground) + draw(item, box);
  });
  return { height: HEAD + Math.ceil(items.length / COLUMNS) * row, body: body.join('') };
}

/** Moves labels apart that would stand on each other, in their order; what was where it should be stays nearly there. */
export function apart(wanted: readonly number[], distance: number, top: number, bottom: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const placed = [...wanted];
  let least = top;
  for (const i of order) {
    placed[i] = Math.max(least, wanted[i] ?? 0);
    least = (placed[i] ?? 0) + distance;
  }
  let most = bottom;
  for (const i of order.toReversed()) {
    placed[i] = Math.min(most, placed[i] ?? 0);
    most = (placed[i] ?? 0) - distance;
  }
  return placed;
}
