/** How much each part of a score counts. */
export interface Shares {
  readonly latency: number;
  readonly errors: number;
  readonly load: number;
}

/** An error rate below this is not blown up: one failure in a thousand is no reason to avoid anyone. */
const NOTABLE_ERRORS = 0.05;

/** Scores of latency, error rate and load, each relative to the worst of all, so that they can be added up. */
export class Scores {
  readonly #shares: Shares;
  #latency = new Float64Array(0);
  #errors = new Float64Array(0);
  #load = new Float64Array(0);
  /** The worst of each, then the best latency; latencies are -1 while unknown. */
  readonly #worst = new Float64Array(4);

  constructor(shares: Shares) {
    this.#shares = shares;
  }

  begin(count: number): void {
    if (this.#latency.length < count) {
      this.#latency = new Float64Array(count);
      this.#errors = new Float64Array(count);
      this.#load = new Float64Array(count);
    }
    this.#worst[0] = 0;
    this.#worst[1] = NOTABLE_ERRORS;
    this.#worst[2] = 0;
    this.#worst[3] = Number.POSITIVE_INFINITY;
  }

  /** @param latency -1 where it is unknown: taken for as good as the best */
  rate(index: number, latency: number, errors: number, load: number): void {
    const worst = this.#worst;
    this.#latency[index] = latency;
    this.#errors[index] = errors;
    this.#load[index] = load;
    if (latency > (worst[0] as number)) worst[0] = latency;
    if (errors > (worst[1] as number)) worst[1] = errors;
    if (load > (worst[2] as number)) worst[2] = load;
    if (latency >= 0 && latency < (worst[3] as number)) worst[3] = latency;
  }

  /** 0 is the best there can be, the sum of the shares the worst. */
  of(index: number): number {
    const worst = this.#worst;
    const known = this.#latency[index] as number;
    const latency = (known < 0 ? (worst[3] as number) : known) / (worst[0] as number);
    const load = (this.#load[index] as number) / (worst[2] as number);
    const { latency: a, errors: b, load: c } = this.#shares;
    const errors = (this.#errors[index] as number) / (worst[1] as number);
    // 0 / 0 where nobody has any latency or load: then it tells nobody apart.
    return (worst[0] === 0 ? 0 : a * latency) + b * errors + (worst[2] === 0 ? 0 : c * load);
  }

  /** Index of the lowest score of the first `count`; of equals the one with the lower point. */
  lowest(count: number, points: Float64Array): number {
    let best = 0;
    let lowest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const score = this.of(i);
      if (score < lowest || (score === lowest && (points[i] as number) < (points[best] as number))) {
        lowest = score;
        best = i;
      }
    }
    return best;
  }
}
