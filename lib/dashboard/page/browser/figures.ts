import type { Row } from '../protocol.js';
import type { Trace } from '../trace.js';
import { countText, msText, NONE, percentText, rateText, weightText } from '../words.js';
import { attr, el, show, Text } from './dom.js';
import { LivePlot } from './plot.js';

const PLOT = { width: 104, height: 30 };

/** The figures of one backend and their plots. */
export class FiguresView {
  readonly #share = new Text('span', 'number');
  readonly #fill = el('span');
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
  /** What they were written from. */
  #row: Row | undefined;

  /** What goes into its cells, in the order of the columns. */
  cells(): readonly (readonly Node[])[] {
    const bar = el('span', { class: 'bar', attrs: { 'aria-hidden': 'true' } }, this.#fill);
    const latency = el('span', { class: 'three' }, this.#p50.element, this.#p95.element, this.#p99.element);
    return [
      [this.#share.element, bar],
      [this.#ratePlace, this.#rate.element],
      [this.#active.element],
      [this.#latencyPlace, latency],
      [this.#errors.element, this.#failed.element],
      [this.#clients.element],
      [this.#weight.element],
    ];
  }

  update(row: Row): void {
    if (row === this.#row) return;
    this.#row = row;
    this.#share.set(percentText(row.share));
    const width = `${Math.round(100 * (row.share ?? 0))}%`;
    if (this.#fill.style.width !== width) this.#fill.style.width = width;
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
}
