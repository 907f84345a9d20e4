import type { Backend } from '../core/backend.js';
import type { PickContext, Strategy } from '../core/strategy.js';

/** What becomes of keys when membership changes. */
export interface KeyMoves {
  /** How often membership changed. */
  readonly changes: number;
  /** Share of the keys that went elsewhere afterwards, on average over the changes. */
  readonly moved: number;
  /** Share that had to: those of a backend that left, and what one that came is to have of all. */
  readonly needed: number;
}

/** Made with a seed: a hash strategy must not care which. */
type Make = (seed: number) => Strategy;

/**
 * Whether the key alone decides, whatever chance says and whatever came before. Found out by looking, as the contract
 * suite does: strategies do not say of themselves that they hash.
 */
export function goesByKey(make: Make, candidates: readonly Backend[], contexts: readonly PickContext[]): boolean {
  const idle = idleCopies(candidates);
  const [one, other] = [make(1), make(2)];
  const forwards = contexts.map((context) => one.pick(idle, context));
  // Backwards, so that whoever goes in turn is not in step by chance.
  const backwards = contexts.toReversed().map((context) => other.pick(idle, context));
  return backwards.toReversed().every((backend, i) => backend === forwards[i]) && new Set(forwards).size > 1;
}

/** Watches which keys move, with an instance of its own of the strategy, so that asking changes nothing in the run. */
export class KeyWatch {
  readonly #strategy: Strategy;
  readonly #contexts: readonly PickContext[];
  #changes = 0;
  #moved = 0;
  #needed = 0;

  constructor(make: Make, contexts: readonly PickContext[]) {
    this.#strategy = make(1);
    this.#contexts = contexts;
  }

  membership(before: readonly Backend[], after: readonly Backend[]): void {
    if (before.length === 0 || after.length === 0) return;
    const was = this.#owners(before);
    const is = this.#owners(after);
    const [smaller, larger, owners] = before.length > after.length ? [after, before, was] : [before, after, is];
    const staying = new Set(smaller.map(({ id }) => id));
    const one = larger.find(({ id }) => !staying.has(id))?.id;
    this.#changes++;
    this.#moved += was.filter((id, i) => id !== is[i]).length / was.length;
    this.#needed += owners.filter((id) => id === one).length / owners.length;
  }

  get result(): KeyMoves | undefined {
    const changes = this.#changes;
    return changes === 0 ? undefined : { changes, moved: this.#moved / changes, needed: this.#needed / changes };
  }

  #owners(candidates: readonly Backend[]): string[] {
    const idle = idleCopies(candidates);
    return this.#contexts.map((context) => this.#strategy.pick(idle, context).id);
  }
}

/** Where nobody is busy bounded loads move no key for their own reasons. */
function idleCopies(candidates: readonly Backend[]): Backend[] {
  return candidates.map((backend) => ({ ...backend, active: 0, upgrades: 0 }));
}
