import type { Backend, BackendRecord } from './backend.js';
import { firstToAsk, foremost, type LeftOut, unfit, unwilling } from './eligibility.js';

const NOBODY: readonly BackendRecord[] = [];

/** Whose turn it is, until the eligibility or a weight of somebody changes; who of them has room changes with each request. */
export class Lineup {
  /** Everyone whose turn it is, with room or without. */
  readonly all: readonly BackendRecord[];
  /** Who may take requests, of whatever tier. */
  readonly #open: readonly BackendRecord[];
  readonly #zone: string | undefined;
  /** `all` as a map, for a look-up that costs as much with 10,000 of them. */
  readonly #known: ReadonlyMap<Backend, BackendRecord>;
  /** How many of `all` have no room. */
  #full: number;
  /** The foremost of those with room, while that is not `all`. */
  #withRoom: readonly BackendRecord[] | undefined;

  constructor(open: readonly BackendRecord[], zone: string | undefined) {
    // Not frozen: V8 reads frozen elements so slowly that picking took three times as long.
    this.all = firstToAsk(open, zone);
    this.#open = open;
    this.#zone = zone;
    this.#known = new Map(this.all.map((backend) => [backend, backend]));
    this.#full = this.all.filter(({ full }) => full).length;
  }

  /** Those with room; where none of `all` has any, the foremost of the rest. The same array until one fills or empties. */
  get withRoom(): readonly BackendRecord[] {
    if (this.#full === 0) return this.all;
    const roomy = (): readonly BackendRecord[] => this.#open.filter(({ full }) => !full);
    this.#withRoom ??= firstToAsk(roomy(), this.#zone);
    return this.#withRoom;
  }

  /** `all`, or nobody when none of them has room. */
  get unlessFull(): readonly BackendRecord[] {
    return this.#full === this.all.length ? NOBODY : this.all;
  }

  find(backend: Backend): BackendRecord | undefined {
    return this.#known.get(backend);
  }

  /** This one has filled up, or has room again. */
  changed(backend: BackendRecord): void {
    this.#withRoom = undefined;
    if (this.#known.has(backend)) this.#full += backend.full ? 1 : -1;
  }
}

/**
 * Who may take requests, of whatever tier, and the tier, if any, of which so few are well that health and breakers are
 * ignored.
 *
 * @param panicThreshold share of a tier
 */
export function openTo(
  members: readonly BackendRecord[],
  assume: 'up' | 'down',
  panicThreshold: number,
): { readonly open: readonly BackendRecord[]; readonly panics: number | undefined } {
  const willing = members.filter((backend) => unwilling(backend) === undefined);
  const isFit = (backend: BackendRecord): boolean => unfit(backend, assume) === undefined;
  const fit = willing.filter(isFit);
  // The share is that of the tier whose turn it is (Envoy judges each priority by itself, too): a lower tier that is
  // whole says nothing of the checks of this one, nor would it help those that are left here.
  const priority = (foremost(fit, undefined)[0] ?? foremost(willing, undefined)[0])?.priority;
  const inTier = (backend: BackendRecord): boolean => backend.priority === priority;
  const tier = willing.filter(inTier);
  if (fit.filter(inTier).length >= tier.length * panicThreshold) return { open: fit, panics: undefined };
  // Of the lower tiers those that are fit: where this one is full it is their turn.
  return { open: willing.filter((backend) => inTier(backend) || isFit(backend)), panics: priority };
}

/** Why a backend that could take a request has to wait for another one, `first` being foremost. */
export function outranked(backend: BackendRecord, first: BackendRecord, zone: string | undefined): LeftOut | undefined {
  if (backend.priority > first.priority) return 'tier';
  if (backend.unreachable && !first.unreachable) return 'unreachable';
  return zone !== undefined && first.zone === zone && backend.zone !== first.zone ? 'zone' : undefined;
}
