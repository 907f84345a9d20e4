import { type Figures, type History, SECONDS } from './protocol.js';

type Name = keyof Figures;
type Values = Record<Name, (number | null)[]>;

const empty = (): (number | null)[] => new Array<number | null>(SECONDS).fill(null);

/** What the plots of one backend show: a value a second, the latest at the end. */
export class Trace {
  readonly values: Values = { rate: empty(), errors: empty(), p50: empty(), p95: empty(), p99: empty() };
  #second = 0;

  /** @param second number of the second that they are of: those that were missed are gaps */
  push(second: number, figures: Figures): void {
    const steps = this.#second === 0 ? 1 : Math.min(SECONDS, Math.max(0, second - this.#second));
    this.#second = second;
    for (const name of ['rate', 'errors', 'p50', 'p95', 'p99'] as const) {
      const values = this.values[name];
      for (let i = 0; i < steps; i++) {
        values.shift();
        // Frames do not come on the second: one that was skipped for it is no gap.
        values.push(steps > 2 ? null : figures[name]);
      }
      values[SECONDS - 1] = figures[name];
    }
  }

  /** Fills in what was before this page came. */
  recall({ figures }: History): void {
    for (const name of ['rate', 'errors', 'p50', 'p95', 'p99'] as const) {
      const values = this.values[name];
      for (const [i, value] of figures[name].entries()) values[i] ??= value;
    }
  }
}
