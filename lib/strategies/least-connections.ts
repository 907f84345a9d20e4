import type { Backend } from '../core/backend.js';
import { type NoOptions, noOptions } from '../core/schema.js';
import type { PickContext, Strategy, StrategyModule } from '../core/strategy.js';
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
const FEW = 24;

class LeastConnections implements Strategy {
  readonly #turns = new Turns<Backend>();
  /** Only of use to a balancer that tells of every request taken and released. */
  #told = false;
  #order: LoadOrder<Backend> | undefined;

  pick(candidates: readonly Backend[], context: PickContext): Backend {
    this.#turns.adopt(candidates);
    const points = this.#turns.points(candidates);
    if (this.#asksAll(candidates, context)) {
      const index = leastOf(candidates, points);
      this.#turns.take(index);
      return candidates[index] as Backend;
    }
    if (!this.#order?.isOf(candidates, points)) this.#order = new LoadOrder(candidates, points);
    const index = this.#order.first();
    this.#turns.take(index);
    this.#order.moved(index);
    return candidates[index] as Backend;
  }

  peek(candidates: readonly Backend[], context: PickContext): Backend {
    const points = this.#turns.points(candidates);
    if (this.#asksAll(candidates, context)) return candidates[leastOf(candidates, points)] as Backend;
    const order = this.#order?.isOf(candidates, points) ? this.#order : new LoadOrder(candidates, points);
    return candidates[order.first()] as Backend;
  }

  /** What is left for a retry is a list of its own each time: no order would pay. */
  #asksAll(candidates: readonly Backend[], { attempt }: PickContext): boolean {
    return candidates.length <= FEW || !this.#told || attempt > 0;
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
  let best = 0;
  let { active: leastActive, weight: leastWeight } = candidates[0] as Backend;
  let earliest = points[0] as number;
  for (let i = 1; i < candidates.length; i++) {
    const { active, weight } = candidates[i] as Backend;
    // active / weight against leastActive / leastWeight
    const mine = active * leastWeight;
    const least = leastActive * weight;
    if (mine > least || (mine === least && (points[i] as number) >= earliest)) continue;
    best = i;
    leastActive = active;
    leastWeight = weight;
    earliest = points[i] as number;
  }
  return best;
}
