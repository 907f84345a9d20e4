import { Tournament } from './tournament.js';

interface Weighted {
  readonly weight: number;
}

interface Schedule<Taker> {
  readonly takers: readonly Taker[];
  /** When each one's next turn is due, in virtual time. */
  readonly due: Float64Array;
  /** Turn k of each is due at start + (k + 1/2) / weight: counted, not added up, so that no rounding creeps in. */
  readonly start: Float64Array;
  readonly taken: Float64Array;
  readonly weights: Float64Array;
  readonly tournament: Tournament;
}

/**
 * Turns by weight, earliest deadline first, as Envoy's round robin keeps them (EdfScheduler). A turn is due in the
 * middle of its share of the time, which spreads those of equal weight evenly (Webster's method of apportionment).
 */
export class Deadlines<Taker extends Weighted> {
  #schedule: Schedule<Taker> | undefined;
  /** The present in virtual time: the latest deadline met. In an array of one, for V8 keeps that in place. */
  readonly #now = new Float64Array(1);

  /** Index of the next, whose turn is then over. */
  take(takers: readonly Taker[]): number {
    if (this.#schedule?.takers !== takers) this.#schedule = this.#made(takers);
    const { due, start, taken, weights, tournament } = this.#schedule;
    const next = tournament.first;
    this.#now[0] = due[next] as number;
    const turn = (taken[next] as number) + 1;
    taken[next] = turn;
    due[next] = (start[next] as number) + (turn + 0.5) / (weights[next] as number);
    tournament.changed(next);
    return next;
  }

  /** Index of the next, who stays so. */
  peek(takers: readonly Taker[]): number {
    return (this.#schedule?.takers === takers ? this.#schedule : this.#made(takers)).tournament.first;
  }

  /** Whoever stays keeps what it has waited: a pool that flaps must not always start again at the first. */
  #made(takers: readonly Taker[]): Schedule<Taker> {
    const now = this.#now[0] as number;
    const before = this.#schedule;
    const missing = new Map(
      before?.takers.map((taker, i) => [taker, ((before.due[i] as number) - now) * (before.weights[i] as number)]),
    );
    const weights = Float64Array.from(takers, ({ weight }) => weight);
    const start = Float64Array.from(takers, (taker, i) => {
      const share = missing.get(taker);
      return share === undefined ? now : now + (share - 0.5) / (weights[i] as number);
    });
    const due = start.map((at, i) => at + 0.5 / (weights[i] as number));
    const tournament = new Tournament(due, new Float64Array(takers.length));
    return { takers, due, start, taken: new Float64Array(takers.length), weights, tournament };
  }
}
