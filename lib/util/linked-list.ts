/** A place in a {@link LinkedList}: with it one is taken out without a search. */
export interface Link<T> {
  readonly value: T;
  before: Link<T> | undefined;
  next: Link<T> | undefined;
}

/** In order of arrival; whoever leaves, wherever it stands, costs the same (an array's `shift` and `splice` move the rest). */
export class LinkedList<T> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;

  get first(): T | undefined {
    return this.#first?.value;
  }

  get last(): T | undefined {
    return this.#last?.value;
  }

  push(value: T): Link<T> {
    const link: Link<T> = { value, before: this.#last, next: undefined };
    if (this.#last === undefined) this.#first = link;
    else this.#last.next = link;
    this.#last = link;
    return link;
  }

  /** @param link a place in this list that was not taken out before */
  remove({ before, next }: Link<T>): void {
    if (before === undefined) this.#first = next;
    else before.next = next;
    if (next === undefined) this.#last = before;
    else next.before = before;
  }
}
