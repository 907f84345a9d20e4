/** A cookie that a balancer sets: where browsers send it, and whom its values can name. */
export interface Claim {
  readonly cookie: string;
  readonly balancer: string;
  readonly domain: string | undefined;
  /** Ids of the backends: balancers of one name and the same backends are one balancer, made twice. */
  readonly backends: () => readonly string[];
  /** The option, where there is one. */
  readonly path: string | undefined;
}

/** Mounts as `/:tenant` give a balancer any number of paths; more than these say nothing new. */
const MOST_PATHS = 32;

/** A claim with the paths for which the cookie has been set. */
interface Held {
  readonly claim: Claim;
  readonly paths: Set<string>;
  /** Those of whom the operator has been told: once, however many paths there are. */
  readonly told: WeakSet<Claim>;
}

function covers(path: string, other: string): boolean {
  return path === other || other.startsWith(path.endsWith('/') ? path : `${path}/`);
}

/** Whether a browser may send both for one request (RFC 6265, 5.1.4). */
function overlap(path: string, other: string): boolean {
  return covers(path, other) || covers(other, path);
}

function sameBalancer(a: Claim, b: Claim): boolean {
  return a.balancer === b.balancer && sameIds(a.backends(), b.backends());
}

function sameIds(a: readonly string[], b: readonly string[]): boolean {
  const ids = new Set(a);
  return a.length === b.length && b.every((id) => ids.has(id));
}

/** Domains that are both given and differ are taken for apart. A dot in front says nothing (RFC 6265, 5.2.3). */
function sameDomain(a: Claim, b: Claim): boolean {
  return a.domain === undefined || b.domain === undefined || plain(a.domain) === plain(b.domain);
}

function plain(domain: string): string {
  return domain.replace(/^\./, '').toLowerCase();
}

/**
 * Who sets which cookie in this process. Two balancers that set one cookie for paths that overlap would each take the
 * other's value for a forged one and set it anew: their clients would be moved with every request (yarp #976).
 */
export class Claims {
  /** Weakly, so that a balancer that was dropped and not closed neither stays nor stands in another's way. */
  readonly #held = new Set<WeakRef<Held>>();
  readonly #ofClaim = new WeakMap<Claim, Held>();

  /** @returns the claim that stands in the way, as far as can be seen before any request has come */
  take(claim: Claim): Claim | undefined {
    const { path } = claim;
    const rival = path === undefined ? undefined : this.#rival(claim, path);
    if (rival !== undefined) return rival.claim;
    const held: Held = { claim, paths: new Set(path === undefined ? [] : [path]), told: new WeakSet() };
    this.#ofClaim.set(claim, held);
    this.#held.add(new WeakRef(held));
    return undefined;
  }

  /** The cookie is being set for a path. @returns the claim of another that overlaps, the first time one of the two does */
  uses(claim: Claim, path: string): Claim | undefined {
    const held = this.#ofClaim.get(claim);
    if (held === undefined || held.paths.has(path) || held.paths.size >= MOST_PATHS) return undefined;
    held.paths.add(path);
    const rival = this.#rival(claim, path, held.told);
    if (rival === undefined) return undefined;
    held.told.add(rival.claim);
    rival.told.add(claim);
    return rival.claim;
  }

  release(claim: Claim): void {
    for (const ref of this.#held) if (ref.deref()?.claim === claim) this.#held.delete(ref);
    this.#ofClaim.delete(claim);
  }

  #rival(claim: Claim, path: string, told?: WeakSet<Claim>): Held | undefined {
    for (const ref of this.#held) {
      const other = ref.deref();
      if (other === undefined) this.#held.delete(ref);
      else if (
        other.claim.cookie === claim.cookie &&
        told?.has(other.claim) !== true &&
        sameDomain(other.claim, claim) &&
        [...other.paths].some((known) => overlap(known, path)) &&
        !sameBalancer(other.claim, claim)
      ) {
        return other;
      }
    }
    return undefined;
  }
}

/** Those of this process. */
export const claims = new Claims();
