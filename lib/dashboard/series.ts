import { type Figures, type History, SECONDS } from './page/protocol.js';

type Name = keyof Figures;

const NAMES: readonly Name[] = ['rate', 'errors', 'p50', 'p95', 'p99'];

/** The last minutes of one backend or balancer: a ring of values a second. What nobody looked at is a gap. */
export class Series {
  readonly #rings: Readonly<Record<Name, Float32Array>>;
  #second = -1;

  constructor() {
    const ring = (): Float32Array => new Float32Array(SECONDS).fill(Number.NaN);
    this.#rings = { rate: ring(), errors: ring(), p50: ring(), p95: ring(), p99: ring() };
  }

  /** @param second number of the second that they are of; each later than the one before */
  push(second: number, figures: Figures): void {
    const since = this.#second < 0 ? SECONDS : Math.min(SECONDS, second - this.#second);
    for (const name of NAMES) {
      const ring = this.#rings[name];
      // Pictures are not taken on the second: one that was skipped for it is no gap.
      const between = since > 2 ? Number.NaN : (figures[name] ?? Number.NaN);
      for (let i = second - since + 1; i < second; i++) ring[i % SECONDS] = between;
      ring[second % SECONDS] = figures[name] ?? Number.NaN;
    }
    this.#second = second;
  }

  /** What the last so many seconds come to; seconds that nobody looked at add nothing. */
  sum(name: 'rate' | 'errors', seconds: number): number {
    const ring = this.#rings[name];
    let total = 0;
    for (let i = Math.max(0, this.#second - seconds + 1); i <= this.#second; i++) {
      const value = ring[i % SECONDS] ?? 0;
      if (value > 0) total += value;
    }
    return total;
  }

  /** Up to that second, the latest at the end. */
  history(id: string, second: number): History {
    const values = (name: Name): (number | null)[] =>
      Array.from({ length: SECONDS }, (_, i) => this.#at(name, second - SECONDS + 1 + i));
    const figures = { rate: [], errors: [], p50: [], p95: [], p99: [] };
    for (const name of NAMES) Object.assign(figures, { [name]: values(name) });
    return { id, figures };
  }

  #at(name: Name, second: number): number | null {
    if (second < 0 || second > this.#second || second <= this.#second - SECONDS) return null;
    const value = this.#rings[name][second % SECONDS] ?? Number.NaN;
    return Number.isNaN(value) ? null : rounded(value);
  }
}

/** Two digits behind the point are more than a plot shows. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
