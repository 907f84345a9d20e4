import { type BalancerModel, traceOf } from '../model.js';
import { countText, msText, percentText, rateText } from '../words.js';
import { el, show, Text } from './dom.js';
import { LivePlot } from './plot.js';
import { COLUMNS, RowView } from './row.js';

/** What a section asks of the page around it. */
export interface Surroundings {
  /** Opens what there is to say and do about a backend. */
  open(id: string): void;
  /** These have come on screen for the first time: what of their past is known? */
  recall(ids: readonly string[]): void;
}

/** One figure of a balancer as a whole. */
class Tile {
  readonly element: HTMLElement;
  readonly #value = new Text('dd');
  readonly place = el('span', { class: 'plot' });

  constructor(label: string, plotted = false) {
    this.element = el('div', { class: 'tile' }, el('dt', { text: label }), this.#value.element);
    if (plotted) this.element.append(this.place);
  }

  set(text: string): void {
    this.#value.set(text);
  }
}

const PLOT = { width: 120, height: 34 };

/** From so many rows on those far from the screen are not laid out, and their figures not written. */
const MANY = 60;

/** One balancer: its figures, and a table of its backends. */
export class BalancerView {
  readonly element: HTMLElement;
  readonly #title = new Text('h2');
  readonly #strategy = new Text('span', 'strategy');
  readonly #more = el('dl', { class: 'more' });
  readonly #tiles = {
    rate: new Tile('Requests/s', true),
    active: new Tile('Active'),
    errors: new Tile('Errors'),
    latency: new Tile('p50 / p95 / p99 ms', true),
    total: new Tile('Requests in all'),
  };
  readonly #body = el('tbody', { attrs: { role: 'rowgroup' } });
  readonly #table: HTMLElement;
  readonly #empty = el('p', { class: 'empty' });
  readonly #rows = new Map<string, RowView>();
  readonly #seen = new Set<string>();
  readonly #visible = new Set<string>();
  readonly #observer: IntersectionObserver;
  readonly #around: Surroundings;
  #plots: readonly LivePlot[] = [];
  #order: readonly string[] = [];
  #model: BalancerModel | undefined;
  #filter = { words: '', onlyProblems: false };
  #moreText = '';

  constructor(index: number, around: Surroundings) {
    this.#around = around;
    const heads = COLUMNS.map(([label, className]) =>
      el('th', { class: className, text: label, attrs: { scope: 'col', role: 'columnheader' } }),
    );
    const head = el('thead', { attrs: { role: 'rowgroup' } }, el('tr', { attrs: { role: 'row' } }, ...heads));
    const id = `balancer-${index}`;
    this.#title.element.id = id;
    this.#table = el('table', { class: 'backends', attrs: { role: 'table', 'aria-labelledby': id } }, head, this.#body);
    const tiles = el('dl', { class: 'tiles' }, ...Object.values(this.#tiles).map(({ element }) => element));
    const title = el('header', {}, this.#title.element, this.#strategy.element);
    this.element = el(
      'section',
      { class: 'balancer', attrs: { 'aria-labelledby': id } },
      title,
      tiles,
      this.#more,
      this.#table,
      this.#empty,
    );
    this.#observer = new IntersectionObserver((entries) => this.#crossed(entries), { rootMargin: '100px' });
  }

  update(model: BalancerModel): void {
    const { head } = model;
    this.#title.set(head.name);
    this.#strategy.set(head.strategy);
    this.#tiles.rate.set(rateText(head.rate));
    this.#tiles.active.set(countText(head.active));
    this.#tiles.errors.set(percentText(head.failing));
    this.#tiles.latency.set([head.p50, head.p95, head.p99].map(msText).join(' / '));
    this.#tiles.total.set(countText(head.total));
    this.#updateMore(head.more);
    if (this.#order !== model.order) this.#reorder(model.order);
    this.#model = model;
    const many = this.#rows.size > MANY;
    for (const [id, row] of model.rows) this.#rows.get(id)?.update(row, !many || this.#visible.has(id));
    this.#table.classList.toggle('many', many);
    this.#sift();
    this.#draw(model);
  }

  filter(words: string, onlyProblems: boolean): void {
    this.#filter = { words: words.trim().toLowerCase(), onlyProblems };
    this.#sift();
  }

  #updateMore(more: BalancerModel['head']['more']): void {
    const text = JSON.stringify(more);
    if (text === this.#moreText) return;
    this.#moreText = text;
    this.#more.replaceChildren(
      ...more.map(([name, value]) => el('div', {}, el('dt', { text: name }), el('dd', { text: value }))),
    );
  }

  /** Rows that stay are not touched, so that what has the focus keeps it. */
  #reorder(order: readonly string[]): void {
    this.#order = order;
    const there = new Set(order);
    for (const [id, row] of this.#rows) {
      if (there.has(id)) continue;
      this.#observer.unobserve(row.element);
      row.undraw();
      row.element.remove();
      this.#rows.delete(id);
      this.#seen.delete(id);
      this.#visible.delete(id);
    }
    let at = this.#body.firstElementChild;
    for (const id of order) {
      const { element } = this.#rows.get(id) ?? this.#newRow(id);
      if (at === element) at = at.nextElementSibling;
      else this.#body.insertBefore(element, at);
    }
  }

  #newRow(id: string): RowView {
    const row = new RowView(id, (opened) => this.#around.open(opened));
    row.element.dataset.id = id;
    this.#rows.set(id, row);
    this.#observer.observe(row.element);
    return row;
  }

  #sift(): void {
    const { words, onlyProblems } = this.#filter;
    let shown = 0;
    for (const row of this.#rows.values()) {
      const matches = row.matches(words, onlyProblems);
      show(row.element, matches);
      if (matches) shown++;
    }
    show(this.#table, shown > 0);
    show(this.#empty, shown === 0);
    if (shown > 0) return;
    this.#empty.textContent = this.#rows.size === 0 ? 'No backends: every request gets 503.' : 'No backend matches.';
  }

  #crossed(entries: readonly IntersectionObserverEntry[]): void {
    const fresh: string[] = [];
    for (const { target, isIntersecting } of entries) {
      const { id = '' } = target instanceof HTMLElement ? target.dataset : {};
      if (isIntersecting) {
        if (!this.#seen.has(id)) fresh.push(id);
        this.#seen.add(id);
        this.#visible.add(id);
        const row = this.#model?.rows.get(id);
        if (row !== undefined) this.#rows.get(id)?.update(row, true);
      } else if (this.#visible.delete(id)) {
        this.#rows.get(id)?.undraw();
      }
    }
    if (fresh.length > 0) this.#around.recall(fresh);
  }

  #draw(model: BalancerModel): void {
    if (this.#plots.length === 0) {
      this.#plots = [
        new LivePlot('rate', this.#tiles.rate.place, PLOT),
        new LivePlot('latency', this.#tiles.latency.place, PLOT),
      ];
    }
    for (const plot of this.#plots) plot.draw(model.total);
    for (const id of this.#visible) {
      const trace = traceOf(model, id);
      if (trace !== undefined) this.#rows.get(id)?.draw(trace);
    }
  }
}
