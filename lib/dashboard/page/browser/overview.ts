import type { Model } from '../model.js';
import type { Level, Row } from '../protocol.js';
import { GLYPHS, LEVEL_GLYPHS, leftText, timeText, verdictOf } from '../words.js';
import { attr, el, show, Text } from './dom.js';

interface Problem {
  readonly balancer: number;
  readonly name: string;
  readonly row: Row;
}

/** As many as are read at a glance; the rest are in the tables. */
const LISTED = 8;

/** One line of what is wrong. */
class ProblemView {
  readonly element: HTMLLIElement;
  readonly #glyph = new Text('span', 'glyph');
  readonly #who = new Text('button', 'name');
  readonly #word = new Text('span', 'word');
  readonly #why = new Text('span', 'why');
  #problem: Problem | undefined;

  constructor(open: (balancer: number, id: string) => void) {
    this.#glyph.element.setAttribute('aria-hidden', 'true');
    this.#who.element.type = 'button';
    this.#who.element.addEventListener('click', () => {
      if (this.#problem !== undefined) open(this.#problem.balancer, this.#problem.row.id);
    });
    const parts = [this.#glyph, this.#who, this.#word, this.#why];
    this.element = el('li', {}, ...parts.map(({ element }) => element));
  }

  set(problem: Problem, several: boolean): void {
    this.#problem = problem;
    const { name, row } = problem;
    attr(this.element, 'data-level', row.level);
    this.#glyph.set(GLYPHS[row.status]);
    this.#who.set(several ? `${name} / ${row.id}` : row.id);
    this.#word.set(row.word);
    this.#why.set([row.why, leftText(row)].filter((part) => part !== '').join(' · '));
  }
}

/** The top of the page: how everything is in one sentence, and below it what is not well, and why. */
export class Overview {
  readonly element: HTMLElement;
  readonly #glyph = new Text('span', 'glyph');
  readonly #verdict = new Text('strong', 'verdict');
  readonly #live = new Text('span', 'live');
  /** Below the bar, which stays in sight. */
  readonly problems = el('ul', { class: 'problems', attrs: { 'aria-label': 'Problems' } });
  readonly #further = new Text('li', 'further');
  /** Read aloud when the sentence changes, and never for a number. */
  readonly #spoken = new Text('p', 'visually-hidden');
  readonly #views: ProblemView[] = [];
  readonly #open: (balancer: number, id: string) => void;

  constructor(open: (balancer: number, id: string) => void) {
    this.#open = open;
    this.#glyph.element.setAttribute('aria-hidden', 'true');
    this.#spoken.element.setAttribute('role', 'status');
    const brand = el('h1', { class: 'brand', text: 'fairlead' });
    const line = el('p', { class: 'sentence' }, this.#glyph.element, this.#verdict.element);
    const bar = el('div', { class: 'line' }, brand, line, this.#live.element);
    this.element = el('header', { class: 'overview' }, bar, this.#spoken.element);
    this.problems.append(this.#further.element);
  }

  update(model: Model): void {
    const all = [...model.all()];
    const { level, text } = verdictOf(all.map(({ row }) => row.level));
    attr(this.element, 'data-level', level);
    this.#glyph.set(LEVEL_GLYPHS[level]);
    this.#verdict.set(text);
    const problems = all.filter(({ row }) => row.level === 'bad' || row.level === 'warn');
    problems.sort((a, b) => rank(a.row.level) - rank(b.row.level));
    this.#listed(problems, model.balancers.length > 1);
    const [worst] = problems;
    this.#spoken.set(worst === undefined ? text : `${text}. ${worst.row.id}: ${worst.row.word}`);
    mark(level, text);
  }

  /** The stream runs, or how long it has been still. */
  live(at: number, running: boolean): void {
    attr(this.#live.element, 'data-lost', running ? undefined : 'yes');
    if (running) this.#live.set(`Live · ${timeText(at)}`);
    else this.#live.set(at === 0 ? 'Connecting' : `No connection · figures of ${timeText(at)}`);
  }

  #listed(problems: readonly Problem[], several: boolean): void {
    const listed = problems.slice(0, LISTED);
    while (this.#views.length > listed.length) this.#views.pop()?.element.remove();
    for (const [i, problem] of listed.entries()) {
      let view = this.#views[i];
      if (view === undefined) {
        view = new ProblemView(this.#open);
        this.#views[i] = view;
        this.#further.element.before(view.element);
      }
      view.set(problem, several);
    }
    show(this.problems, listed.length > 0);
    const rest = problems.length - listed.length;
    show(this.#further.element, rest > 0);
    if (rest > 0) this.#further.set(`and ${rest} more: tick “only problems” below`);
  }
}

const rank = (level: Level): number => (level === 'bad' ? 0 : 1);

/** The tab tells too. */
function mark(level: Level, text: string): void {
  const title = level === 'good' ? 'fairlead' : `${LEVEL_GLYPHS[level]} ${text} · fairlead`;
  if (document.title !== title) document.title = title;
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  const href = level === 'bad' ? icon?.dataset.bad : icon?.dataset.good;
  if (icon !== null && href !== undefined && icon.getAttribute('href') !== href) icon.setAttribute('href', href);
}
