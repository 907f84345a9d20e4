const NOBODY = -1;

/** Who stands before and behind each request, for all queues of a run: a request stands in one at most. */
export interface Links {
  readonly before: Int32Array;
  readonly behind: Int32Array;
}

export function linksFor(requests: number): Links {
  return { before: new Int32Array(requests), behind: new Int32Array(requests) };
}

/** First come, first served; anyone may give up and leave, which costs no more than to be served. */
export class Fifo {
  readonly #links: Links;
  #first = NOBODY;
  #last = NOBODY;
  #size = 0;

  constructor(links: Links) {
    this.#links = links;
  }

  get size(): number {
    return this.#size;
  }

  push(request: number): void {
    const { before, behind } = this.#links;
    before[request] = this.#last;
    behind[request] = NOBODY;
    if (this.#last === NOBODY) this.#first = request;
    else behind[this.#last] = request;
    this.#last = request;
    this.#size++;
  }

  /** @returns who was first, or -1 */
  shift(): number {
    const request = this.#first;
    if (request !== NOBODY) this.remove(request);
    return request;
  }

  /** The request must stand in this queue. */
  remove(request: number): void {
    const { before, behind } = this.#links;
    const ahead = before[request] as number;
    const next = behind[request] as number;
    if (ahead === NOBODY) this.#first = next;
    else behind[ahead] = next;
    if (next === NOBODY) this.#last = ahead;
    else before[next] = ahead;
    this.#size--;
  }
}
