import type { Row } from '../protocol.js';
import type { Trace } from '../trace.js';
import { GLYPHS, leftText } from '../words.js';
import { attr, el, Text } from './dom.js';
import { FiguresView } from './figures.js';

/** A table's columns: the head of each, and its class. */
export const COLUMNS = [
  ['Backend', 'c-backend'],
  ['State', 'c-state'],
  ['Share', 'c-share'],
  ['Requests/s', 'c-rate'],
  ['Active', 'c-active'],
  ['p50 / p95 / p99 ms', 'c-latency'],
  ['Errors', 'c-errors'],
  ['Clients', 'c-clients'],
  ['Weight', 'c-weight'],
] as const;

/**
 * One backend's line in the table. It is made once; from then on only what has changed is written. Its figures, which are
 * most of it, are made when it first comes near the screen: a thousand lines with all of theirs took twice as long.
 */
export class RowView {
  readonly element = el('tr', { attrs: { role: 'row' } });
  readonly #name = new Text('button', 'name');
  readonly #url = new Text('span', 'url');
  readonly #tags = new Text('span', 'tags');
  readonly #glyph = new Text('span', 'glyph');
  readonly #word = new Text('span', 'word');
  readonly #why = new Text('span', 'why');
  readonly #left = new Text('span', 'left');
  #figures: FiguresView | undefined;
  #row: Row | undefined;

  constructor(id: string, open: (id: string) => void) {
    this.#name.element.type = 'button';
    this.#name.element.addEventListener('click', () => open(id));
    this.#glyph.element.setAttribute('aria-hidden', 'true');
    const state = el('span', { class: 'badge' }, this.#glyph.element, this.#word.element);
    this.#append([
      [this.#name.element, this.#url.element, this.#tags.element],
      [state, this.#left.element, this.#why.element],
    ]);
  }

  /** @param figures whether to write its figures too: far from the screen nobody reads them */
  update(row: Row, figures: boolean): void {
    if (row !== this.#row) this.#standing(row);
    if (figures) this.#shown().update(row);
  }

  /** What an operator narrows the list down by. */
  matches(words: string, onlyProblems: boolean): boolean {
    if (this.#row === undefined) return true;
    const { id, url, tags, word, level } = this.#row;
    if (onlyProblems && level !== 'bad' && level !== 'warn') return false;
    return words === '' || [id, url, word, ...tags].join('\n').toLowerCase().includes(words);
  }

  /** On screen it has plots, elsewhere none. */
  draw(trace: Trace): void {
    this.#shown().draw(trace);
  }

  undraw(): void {
    this.#figures?.undraw();
  }

  #standing(row: Row): void {
    this.#row = row;
    attr(this.element, 'data-level', row.level);
    attr(this.element, 'data-status', row.status);
    this.#name.set(row.id);
    this.#url.set(row.url);
    this.#tags.set(row.tags.join(' · '));
    this.#glyph.set(GLYPHS[row.status]);
    this.#word.set(row.word);
    this.#why.set(row.why);
    attr(this.#why.element, 'title', row.why === '' ? undefined : row.why);
    this.#left.set(leftText(row));
  }

  #shown(): FiguresView {
    if (this.#figures === undefined) {
      this.#figures = new FiguresView();
      this.#append(this.#figures.cells());
    }
    return this.#figures;
  }

  /** The next cells. */
  #append(contents: readonly (readonly Node[])[]): void {
    const done = this.element.children.length;
    for (const [i, content] of contents.entries()) {
      const [label, className] = COLUMNS[done + i] ?? ['', ''];
      const first = done + i === 0;
      const attrs = { role: first ? 'rowheader' : 'cell', 'data-label': label, ...(first && { scope: 'row' }) };
      this.element.append(el(first ? 'th' : 'td', { class: className, attrs }, ...content));
    }
  }
}
