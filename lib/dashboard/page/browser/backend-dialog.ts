import type { Action, Refused, Row } from '../protocol.js';
import type { Trace } from '../trace.js';
import { GLYPHS, leftText, weightText } from '../words.js';
import { attr, el, show, Text } from './dom.js';
import { LivePlot } from './plot.js';

type Change = Omit<Action, 'balancer' | 'backend'>;

function input(type: string, attrs: Readonly<Record<string, string>>): HTMLInputElement {
  return el('input', { attrs: { type, ...attrs } });
}

function labelled(text: string, control: HTMLElement): HTMLLabelElement {
  return el('label', {}, el('span', { text }), control);
}

/** A plot with its legend. */
function figure(place: HTMLElement, what: string, ...lines: [color: string, name: string][]): HTMLElement {
  const names = lines.map(([color, name]) => el('span', { class: `key ${color}`, text: name }));
  return el('figure', {}, el('figcaption', {}, el('span', { text: what }), ...names), place);
}

/** What there is to say of one backend, with larger plots, and what may be done to it. */
export class BackendDialog {
  readonly element = el('dialog', { attrs: { 'aria-labelledby': 'backend-title' } });
  readonly #title = new Text('h2');
  readonly #state = new Text('p', 'state');
  readonly #why = new Text('p', 'why');
  readonly #notes = el('ul', { class: 'notes' });
  readonly #ratePlace = el('div', { class: 'plot' });
  readonly #latencyPlace = el('div', { class: 'plot' });
  readonly #actions = el('div', { class: 'actions' });
  readonly #outcome = new Text('p', 'outcome');
  readonly #seconds = input('number', { min: '0', max: '86400', step: '1', value: '30', required: '' });
  readonly #closing = input('checkbox', {});
  readonly #weight = input('number', { min: '0', step: 'any', required: '' });
  readonly #act: (balancer: number, id: string, change: Change) => Promise<object>;
  #plots: readonly LivePlot[] = [];
  #of: { readonly balancer: number; readonly id: string } | undefined;
  #notesText = '';

  constructor(act: (balancer: number, id: string, change: Change) => Promise<object>) {
    this.#act = act;
    this.#title.element.id = 'backend-title';
    this.#outcome.element.setAttribute('role', 'status');
    const close = el('button', { class: 'close', text: 'Close', attrs: { type: 'button' } });
    close.addEventListener('click', () => this.element.close());
    this.element.addEventListener('close', () => this.#closed());
    this.element.append(
      el('header', {}, this.#title.element, close),
      this.#state.element,
      this.#why.element,
      figure(this.#ratePlace, 'A second:', ['line-1', 'requests'], ['line-bad', 'failures']),
      figure(this.#latencyPlace, 'Of the last minute, in ms:', ['line-1', 'p50'], ['line-2', 'p95'], ['line-3', 'p99']),
      this.#actions,
      this.#notes,
    );
  }

  /** Whether this viewer may change anything: otherwise there is nothing here that would. */
  allow(actions: boolean): void {
    this.#actions.replaceChildren(...(actions ? this.#controls() : []));
    show(this.#actions, actions);
  }

  /** What is open now. */
  get of(): { readonly balancer: number; readonly id: string } | undefined {
    return this.#of;
  }

  open(balancer: number, name: string, row: Row): void {
    this.#of = { balancer, id: row.id };
    this.#title.set(`${row.id} (${name})`);
    this.#outcome.set('');
    this.#weight.value = `${row.weight}`;
    this.element.showModal();
    const width = Math.max(240, Math.min(600, this.#ratePlace.clientWidth));
    const size = { width, height: 130, large: true };
    this.#plots = [new LivePlot('rate', this.#ratePlace, size), new LivePlot('latency', this.#latencyPlace, size)];
  }

  update(row: Row | undefined, trace: Trace | undefined): void {
    if (row === undefined || trace === undefined) {
      this.#state.set('This backend has been removed.');
      return;
    }
    attr(this.element, 'data-level', row.level);
    const left = leftText(row);
    this.#state.set(`${GLYPHS[row.status]} ${row.word}${left === '' ? '' : `, ${left}`}`);
    this.#why.set(row.why);
    for (const plot of this.#plots) plot.draw(trace);
    const notes = [row.url, `weight ${weightText(row)}`, `${row.total} requests, ${row.failed} failed`, ...row.notes];
    const text = notes.join('\n');
    if (text === this.#notesText) return;
    this.#notesText = text;
    this.#notes.replaceChildren(...notes.map((note) => el('li', { text: note })));
  }

  #controls(): Node[] {
    const button = (text: string, change: () => Change): HTMLButtonElement => {
      const made = el('button', { text, attrs: { type: 'button' } });
      made.addEventListener('click', () => void this.#do(change()));
      return made;
    };
    const states = el(
      'div',
      { class: 'buttons', attrs: { role: 'group', 'aria-label': 'State' } },
      button('Ready', () => ({ do: 'ready' })),
      button('Maintenance', () => ({ do: 'maintenance' })),
    );
    const drain = el(
      'form',
      { attrs: { 'aria-label': 'Drain' } },
      labelled('Cut what is left after (seconds)', this.#seconds),
      labelled('Close WebSockets at once', this.#closing),
      el('button', { text: 'Drain', attrs: { type: 'submit' } }),
    );
    this.#submits(drain, () => ({
      do: 'drain',
      timeout: this.#seconds.valueAsNumber * 1_000,
      upgrades: this.#closing.checked ? 'close' : 'wait',
    }));
    const set = el('button', { text: 'Set weight', attrs: { type: 'submit' } });
    const weight = el('form', { attrs: { 'aria-label': 'Weight' } }, labelled('Weight', this.#weight), set);
    this.#submits(weight, () => ({ do: 'weight', weight: this.#weight.valueAsNumber }));
    return [el('h3', { text: 'Actions' }), states, drain, weight, this.#outcome.element];
  }

  #submits(form: HTMLFormElement, change: () => Change): void {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#do(change());
    });
  }

  async #do(change: Change): Promise<void> {
    if (this.#of === undefined) return;
    const { balancer, id } = this.#of;
    const result = (await this.#act(balancer, id, change)) as Refused | { readonly did: string };
    const failed = 'error' in result;
    attr(this.#outcome.element, 'data-failed', failed ? 'yes' : undefined);
    this.#outcome.set(failed ? result.error : `Done: ${result.did}`);
  }

  #closed(): void {
    for (const plot of this.#plots) plot.close();
    this.#plots = [];
    this.#of = undefined;
  }
}
