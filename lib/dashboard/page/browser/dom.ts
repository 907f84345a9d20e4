interface Props {
  readonly class?: string;
  /** Always text, whatever is in it: nothing here is ever parsed as HTML. */
  readonly text?: string;
  readonly attrs?: Readonly<Record<string, string>>;
}

/** Makes an element with what is in it. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { class: className, text, attrs = {} }: Props = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className !== undefined) element.className = className;
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attrs)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** An element of text that is written only when it changes: what is marked or being read stays as it is. */
export class Text<Tag extends keyof HTMLElementTagNameMap = 'span'> {
  readonly element: HTMLElementTagNameMap[Tag];
  #text = '';

  constructor(tag: Tag, className = '') {
    this.element = el(tag, className === '' ? {} : { class: className });
  }

  set(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.element.textContent = text;
  }
}

/** Sets an attribute only when it changes; undefined takes it off. */
export function attr(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== value) {
    element.setAttribute(name, value);
  }
}

export function show(element: HTMLElement, shown: boolean): void {
  if (element.hidden === shown) element.hidden = !shown;
}
