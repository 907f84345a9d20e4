import type { Backend, BackendRecord } from '../../lib/core/backend.js';
import type { PickContext, Strategy } from '../../lib/core/strategy.js';
import { type StrategyName, strategies } from '../../lib/strategies/index.js';
import { createStrategy, type StrategySpec } from '../../lib/strategies/spec.js';
import { backendsOf, contextOf } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';
import { seededRandom } from '../support/random.js';

/** Every strategy there is. Nothing here lists them: the registry does. */
export const names = Object.keys(strategies) as StrategyName[];

export const make = (spec: StrategySpec, seed = 1, clock = new FakeClock()): Strategy =>
  createStrategy(spec, { random: seededRandom(seed), clock });

/** A request of another client each time. */
const template = contextOf();
export const client = (i: number, attempt = 0): PickContext => ({
  ...template,
  attempt,
  key: `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`,
});
export const keyed = (key: string): PickContext => ({ ...template, key });

/** Counts whom a strategy picks, by id. */
export function tally(strategy: Strategy, candidates: readonly Backend[], picks: number): Map<string, number> {
  const counts = new Map<string, number>(candidates.map(({ id }) => [id, 0]));
  for (let i = 0; i < picks; i++) {
    const { id } = strategy.pick(candidates, client(i));
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/** Whether the key alone decides, whatever chance says and whatever came before. */
function goesByKey(name: StrategyName): boolean {
  const backends = backendsOf(1, 1, 1, 1);
  const [one, other] = [make(name, 1), make(name, 2)];
  const picked = Array.from({ length: 64 }, (_, i) => {
    other.pick(backends, client(1000 + i));
    return [one.pick(backends, client(i)), other.pick(backends, client(i))];
  });
  return picked.every(([a, b]) => a === b) && new Set(picked.flat()).size > 1;
}

/** Whether it uses more than one while nobody has anything to do. */
function spreads(name: StrategyName): boolean {
  return [...tally(make(name), backendsOf(1, 1, 1, 1), 100).values()].every((count) => count > 0);
}

/** Whether a backend of twice the weight gets noticeably more while nobody has anything to do. */
function heedsWeights(name: StrategyName): boolean {
  return (tally(make(name), backendsOf(2, 1, 1, 1), 10_000).get('a') ?? 0) > 3000;
}

export const spreading = names.filter(spreads);
export const byKey = names.filter(goesByKey);
export const byWeight = spreading.filter(heedsWeights);

/** How far a share may be from what weights say, where it is not 2 % of all requests; 0 is exact to the request. */
export const TOLERANCE: Partial<Record<StrategyName, number>> = {
  'weighted-round-robin': 0,
  random: 0.015,
  'least-connections': 0.001,
  'weighted-least-connections': 0.001,
  'least-response-time': 0.001,
  adaptive: 0.001,
  // 160 points a backend: the standard deviation of a share is 8 % of it.
  'consistent-hash': 0.05,
};

/** How far shares of equals may be apart from each other, where it is not 1 % of all requests. */
export const EVENNESS: Partial<Record<StrategyName, number>> = { 'consistent-hash': 0.04 };

/** Takes requests and lets them end, as a balancer does, with so many in flight. */
export class Traffic {
  readonly #strategy: Strategy;
  readonly #held: BackendRecord[] = [];
  readonly #inFlight: number;
  readonly #random: () => number;

  constructor(strategy: Strategy, inFlight: number, seed = 7) {
    this.#strategy = strategy;
    this.#inFlight = inFlight;
    this.#random = seededRandom(seed);
  }

  /** Lets one end, drawn at random, where as many are in flight as may be. */
  end(): void {
    if (this.#held.length < this.#inFlight) return;
    const [done] = this.#held.splice(Math.floor(this.#random() * this.#held.length), 1);
    if (done === undefined) return;
    done.active--;
    this.#strategy.onRelease?.(done, {
      kind: 'answered',
      status: 200,
      responseTime: 5,
      duration: 6,
      bytesIn: 0,
      bytesOut: 0,
    });
  }

  /** One comes. */
  begin(candidates: readonly BackendRecord[], context: PickContext): BackendRecord {
    const picked = this.#strategy.pick(candidates, context);
    const chosen = candidates.find((backend) => backend === picked);
    if (chosen === undefined) throw new Error('picked a stranger');
    chosen.active++;
    this.#strategy.onAcquire?.(chosen);
    this.#held.push(chosen);
    return chosen;
  }
}
