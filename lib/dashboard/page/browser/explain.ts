import type { Model } from '../model.js';
import type { Question, Refused } from '../protocol.js';
import { parseRequest } from '../request-text.js';
import { LEFT_OUT } from '../words.js';
import { el } from './dom.js';

/** What the balancer says: lib/path/explain.ts. */
interface Explanation {
  readonly client: string;
  readonly pinned?: string;
  readonly chosen?: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly note?: string;
  readonly backends: readonly { readonly id: string; readonly reason?: string; readonly score?: number }[];
}

const REASONS: Readonly<Record<string, string>> = LEFT_OUT;

const EXAMPLE = 'GET /cart?item=7 HTTP/1.1\nHost: shop.example\nCookie: ...';

function field(label: string, control: HTMLElement, id: string): HTMLElement {
  control.id = id;
  return el('div', { class: 'field' }, el('label', { text: label, attrs: { for: id } }), control);
}

/** Who would get a request, and why: asked with one that was pasted. */
export class ExplainView {
  readonly element: HTMLElement;
  readonly #balancer = el('select');
  readonly #request = el('textarea', { attrs: { rows: '4', spellcheck: 'false', placeholder: EXAMPLE } });
  readonly #address = el('input', { attrs: { type: 'text', placeholder: '203.0.113.7', autocomplete: 'off' } });
  readonly #answer = el('div', { class: 'answer', attrs: { role: 'status' } });
  readonly #ask: (question: Question) => Promise<Explanation | Refused>;

  constructor(ask: (question: Question) => Promise<object>) {
    this.#ask = async (question) => (await ask(question)) as Explanation | Refused;
    const form = el(
      'form',
      {},
      field('Balancer', this.#balancer, 'explain-balancer'),
      field('Request: first line and headers', this.#request, 'explain-request'),
      field('Client address', this.#address, 'explain-address'),
      el('button', { text: 'Explain', attrs: { type: 'submit' } }),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
    const title = el('h2', { text: 'Who would get it?', attrs: { id: 'explain' } });
    const attrs = { 'aria-labelledby': 'explain' };
    this.element = el('section', { class: 'explain', attrs }, title, form, this.#answer);
  }

  update({ balancers }: Model): void {
    while (this.#balancer.length < balancers.length) {
      const i = this.#balancer.length;
      this.#balancer.append(el('option', { text: balancers[i]?.head.name ?? '', attrs: { value: `${i}` } }));
    }
  }

  async #submit(): Promise<void> {
    const pasted = parseRequest(this.#request.value);
    const question = { balancer: Number(this.#balancer.value), ...pasted, address: this.#address.value.trim() };
    const answer = await this.#ask(question);
    if (!('backends' in answer)) {
      this.#answer.replaceChildren(el('p', { class: 'refusal', text: answer.error }));
      return;
    }
    this.#answer.replaceChildren(...answerParts(`${pasted.method} ${pasted.url}`, answer));
  }
}

function sentence({ chosen, pinned, error, note }: Explanation): string {
  const parts = [
    chosen !== undefined && `${chosen} would get it.`,
    error !== undefined && `Nobody would get it: ${error.message} (${error.code}).`,
    pinned !== undefined && `Its client is kept on ${pinned}.`,
    note !== undefined && `What cannot be told: ${note}.`,
  ];
  return parts.filter((part) => part !== false).join(' ');
}

function answerParts(asked: string, answer: Explanation): Node[] {
  const rows = answer.backends.map(({ id, reason, score }) => {
    const chosen = id === answer.chosen;
    const why = reason === undefined ? (chosen ? 'chosen' : 'a candidate') : (REASONS[reason] ?? reason);
    const cells = [why, score === undefined ? '' : String(Math.round(score * 1_000) / 1_000)];
    const head = el('th', { text: id, attrs: { scope: 'row' } });
    return el('tr', { class: chosen ? 'chosen' : '' }, head, ...cells.map((text) => el('td', { text })));
  });
  const head = ['Backend', 'Why', 'Score (lower is better)'];
  const heads = head.map((text) => el('th', { text, attrs: { scope: 'col' } }));
  const from = answer.client === '' ? '' : ` from ${answer.client}`;
  return [
    el('p', { class: 'asked' }, el('code', { text: `${asked}${from}` })),
    el('p', { class: 'told', text: sentence(answer) }),
    el('table', {}, el('thead', {}, el('tr', {}, ...heads)), el('tbody', {}, ...rows)),
  ];
}
