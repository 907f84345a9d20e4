import type { Row } from '../protocol.js';
import type { Trace } from '../trace.js';
import { countText, GLYPHS, leftText, msText, NONE, percentText, rateText, weightText } from '../words.js';
import { attr, el, show, Text } from './dom.js';
import { LivePlot } from './plot.js';

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

const PLOT = { width: 104, height: 30 };

/** One backend's line in the table. It is made once; from then on only what has changed is written. */
export class RowView {
  readonly element = el('tr', { attrs: { role: 'row' } });
  readonly #name = new Text('button', 'name');
  readonly #url = new Text('span', 'url');
  readonly #tags = new Text('span', 'tags');
  readonly #glyph = new Text('span', 'glyph');
  readonly #word = new Text('span', 'word');
  readonly #why = new Text('span', 'why');
  readonly #left = new Text('span', 'left');
  readonly #share = new Text('span', 'number');
  readonly #bar = el('span', { class: 'bar' }, el('span'));
  readonly #rate = new Text('span', 'number');
  readonly #active = new Text('span', 'number');
  readonly #p50 = new Text('span', 'number');
  readonly #p95 = new Text('span', 'number');
  readonly #p99 = new Text('span', 'number');
  readonly #errors = new Text('span', 'number');
  readonly #failed = new Text('span', 'sub');
  readonly #clients = new Text('span', 'number');
  readonly #weight = new Text('span', 'number');
  readonly #ratePlace = el('span', { class: 'plot' });
  readonly #latencyPlace = el('span', { class: 'plot' });
  #plots: readonly LivePlot[] = [];
  #row: Row | undefined;
  /** What its figures were written from. */
  #figures: Row | undefined;

  constructor(id: string, open: (id: string) => void) {
    this.#name.element.type = 'button';
    this.#name.element.addEventListener('click', () => open(id));
    this.#glyph.element.setAttribute('aria-hidden', 'true');
    this.#bar.setAttribute('aria-hidden', 'true');
    const latency = el('span', { class: 'three' }, this.#p50.element, this.#p95.element, this.#p99.element);
    const state = el('span', { class: 'badge' }, this.#glyph.element, this.#word.element);
    const contents: (readonly Node[])[] = [
      [this.#name.element, this.#url.element, this.#tags.element],
      [state, this.#left.element, this.#why.element],
      [this.#share.element, this.#bar],
      [this.#ratePlace, this.#rate.element],
      [this.#active.element],
      [this.#latencyPlace, latency],
      [this.#errors.element, this.#failed.element],
      [this.#clients.element],
      [this.#weight.element],
    ];
    for (const [i, [label, className]] of COLUMNS.entries()) {
      const tag = i === 0 ? 'th' : 'td';
      const attrs = { role: i === 0 ? 'rowheader' : 'cell', 'data-label': label, ...(i === 0 && { scope: 'row' }) };
      this.element.append(el(tag, { class: className, attrs }, ...(contents[i] ?? [])));
    }
  }

  /** @param figures whether to write its figures too: far from the screen nobody reads them */
  update(row: Row, figures: boolean): void {
    if (row !== this.#row) this.#standing(row);
    if (figures && row !== this.#figures) this.#numbers(row);
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

  /** What an operator narrows the list down by. */
  matches(words: string, onlyProblems: boolean): boolean {
    if (this.#row === undefined) return true;
    const { id, url, tags, word, level } = this.#row;
    if (onlyProblems && level !== 'bad' && level !== 'warn') return false;
    return words === '' || [id, url, word, ...tags].join('\n').toLowerCase().includes(words);
  }

  /** On screen it has plots, elsewhere none. */
  draw(trace: Trace): void {
    if (this.#plots.length === 0) {
      this.#plots = [new LivePlot('rate', this.#ratePlace, PLOT), new LivePlot('latency', this.#latencyPlace, PLOT)];
    }
    for (const plot of this.#plots) plot.draw(trace);
  }

  undraw(): void {
    for (const plot of this.#plots) plot.close();
    this.#plots = [];
  }

  #numbers(row: Row): void {
    this.#figures = row;
    this.#share.set(percentText(row.share));
    const width = `${Math.round(100 * (row.share ?? 0))}%`;
    const fill = this.#bar.firstElementChild;
    if (fill instanceof HTMLElement && fill.style.width !== width) fill.style.width = width;
    this.#rate.set(rateText(row.rate));
    this.#active.set(row.upgrades > 0 ? `${row.active} (${row.upgrades} ws)` : countText(row.active));
    this.#p50.set(msText(row.p50));
    this.#p95.set(msText(row.p95));
    this.#p99.set(msText(row.p99));
    this.#errors.set(percentText(row.failing));
    attr(this.#errors.element, 'data-some', row.failing !== null && row.failing > 0 ? 'yes' : undefined);
    this.#failed.set(row.failed === 0 ? '' : `${countText(row.failed)} in all`);
    show(this.#failed.element, row.failed > 0);
    this.#clients.set(row.clients === undefined ? NONE : countText(row.clients));
    this.#weight.set(weightText(row));
  }
}
