import type { Happening } from '../protocol.js';
import { LEVEL_GLYPHS, timeText } from '../words.js';
import { attr, el, show, Text } from './dom.js';

class Line {
  readonly element: HTMLLIElement;
  readonly #time = new Text('time');
  readonly #glyph = new Text('span', 'glyph');
  readonly #who = new Text('span', 'who');
  readonly #text = new Text('span', 'text');
  readonly #count = new Text('span', 'count');
  #told: Happening | undefined;

  constructor() {
    this.#glyph.element.setAttribute('aria-hidden', 'true');
    const parts = [this.#time, this.#glyph, this.#who, this.#text, this.#count];
    this.element = el('li', {}, ...parts.map(({ element }) => element));
  }

  set(event: Happening, several: boolean): void {
    if (event === this.#told) return;
    this.#told = event;
    const { at, balancer, backend, level, text, count } = event;
    attr(this.element, 'data-level', level);
    this.#time.set(timeText(at));
    this.#glyph.set(LEVEL_GLYPHS[level]);
    const who = backend ?? balancer;
    this.#who.set(several && backend !== undefined ? `${balancer} / ${backend}` : who);
    this.#text.set(text);
    this.#count.set(count > 1 ? `× ${count}` : '');
    show(this.#count.element, count > 1);
  }
}

/** What happened, the latest first. */
export class TimelineView {
  readonly element: HTMLElement;
  readonly #list = el('ol', { class: 'events', attrs: { tabindex: '0', 'aria-label': 'Events, the latest first' } });
  readonly #empty = el('p', { class: 'empty', text: 'Nothing has happened yet.' });
  readonly #lines: Line[] = [];
  #shown: readonly Happening[] = [];

  constructor() {
    const title = el('h2', { text: 'Events', attrs: { id: 'events' } });
    const attrs = { 'aria-labelledby': 'events' };
    this.element = el('section', { class: 'timeline', attrs }, title, this.#list, this.#empty);
  }

  update(events: readonly Happening[], several: boolean): void {
    if (events === this.#shown) return;
    this.#shown = events;
    while (this.#lines.length > events.length) this.#lines.pop()?.element.remove();
    for (const [i, event] of events.entries()) {
      let line = this.#lines[i];
      if (line === undefined) {
        line = new Line();
        this.#lines[i] = line;
        this.#list.append(line.element);
      }
      line.set(event, several);
    }
    show(this.#list, events.length > 0);
    show(this.#empty, events.length === 0);
  }
}
