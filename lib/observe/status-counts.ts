/** Answers by the class of their status. */
export interface StatusCounts {
  readonly '1xx': number;
  readonly '2xx': number;
  readonly '3xx': number;
  readonly '4xx': number;
  readonly '5xx': number;
}

/** Counts answers by the class of their status; what is no status of HTTP's (RFC 9110, 15) is not counted. */
export class StatusCounter {
  readonly #counts = new Float64Array(6);

  add(status: number): void {
    const hundreds = Math.floor(status / 100);
    if (hundreds >= 1 && hundreds <= 5) this.#counts[hundreds] = (this.#counts[hundreds] as number) + 1;
  }

  picture(): StatusCounts {
    const of = (hundreds: number): number => this.#counts[hundreds] as number;
    return { '1xx': of(1), '2xx': of(2), '3xx': of(3), '4xx': of(4), '5xx': of(5) };
  }
}
