import type { Backend } from '../core/backend.js';
import { type NoOptions, noOptions } from '../core/schema.js';
import type { Strategy, StrategyModule } from '../core/strategy.js';
import { LoadOrder } from '../util/load-order.js';
import { Turns } from '../util/turns.js';

/**
 * The fewest active requests per weight; ties in turn, by weight too, so that an idle pool still shares evenly.
 *
 * Source: nginx's least_conn for the comparison without division.
 */
export const leastConnections: StrategyModule<NoOptions> = {
  options: noOptions,
  create: () => new LeastConnections(),
};

/** Up to here asking everyone costs less than keeping an order. */
const FEW = 48;

class LeastConnections implements Strategy {
  readonly #turns = new Turns<Backend>();
  /** Only of use to a balancer that tells of every request taken and released. */
  #told = false;
  #order: LoadOrder<Backend> | undefined;

  pick(candidates: readonly Backend[], { attempt }: { readonly attempt: number }): Backend {
    this.#turns.adopt(candidates);
    const points = this.#turns.points(candidates);
    if (candidates.length <= FEW || !this.#told || attempt > 0) {
      const index = leastOf(candidates, points);
      this.#turns.take(index);
      return candidates[index] as Backend;
    }
    if (this.#order?.members !== candidates) this.#order = new LoadOrder(candidates, points);
    const index = this.#order.first();
    this.#turns.take(index);
    this.#order.moved(index);
    return candidates[index] as Backend;
  }

  peek(candidates: readonly Backend[]): Backend {
    return candidates[leastOf(candidates, this.#turns.points(candidates))] as Backend;
  }

  score(backend: Backend): number {
    return backend.active / backend.weight;
  }

  onAcquire(backend: Backend): void {
    this.#told = true;
    this.#order?.changed(backend);
  }

  onRelease(backend: Backend): void {
    this.#order?.changed(backend);
  }
}

/** Index of the least loaded; of equals the one whose turn comes first. */
function leastOf(candidates: readonly Backend[], points: Float64Array): number {
  let best = candidates[0] as Backend;
  let bestAt = 0;
  for (let i = 1; i < candidates.length; i++) {
    const other = candidates[i] as Backend;
    // other.active / other.weight against best.active / best.weight
    const difference = other.active * best.weight - best.active * other.weight;
    if (difference < 0 || (difference === 0 && (points[i] as number) < (points[bestAt] as number))) {
      best = other;
      bestAt = i;
    }
  }
  return bestAt;
}
