import type { Backend, BackendRecord } from './backend.js';

/**
 * Why a backend is not among the candidates. Of its operator's doing: `maintenance` takes nobody, `drain` no new clients.
 * Of its own: `steered`, it asked for one of the two. By how it is: `down` fails its checks, `unknown` has yet to pass the
 * first (`startup.assume: 'down'`), `breaker` fails its requests, `unreachable` takes no connections, which matters as long
 * as anyone else does. By how much it has to do: `full`, it has as many requests as its
 * limit allows; `rate`, it had as many as it may have in this span of time. By its place: `tier` waits until nothing of a
 * lower priority is available, `zone` until nothing of the balancer's own zone is.
 */
export type LeftOut =
  | 'maintenance'
  | 'drain'
  | 'steered'
  | 'down'
  | 'unknown'
  | 'breaker'
  | 'unreachable'
  | 'full'
  | 'rate'
  | 'tier'
  | 'zone';

/** What the operator, or the backend itself, has against new clients; nothing ever overrules it. */
export function unwilling({ state, steered }: BackendRecord): LeftOut | undefined {
  if (state !== 'ready') return state;
  return steered.state === 'ready' ? undefined : 'steered';
}

/**
 * What checks and requests have against a backend; a pool in panic overrules it.
 *
 * @param assume what is made of a backend before its first check; one that is not checked is always trusted
 */
export function unfit({ health, breaker, onTrial, check }: BackendRecord, assume: 'up' | 'down'): LeftOut | undefined {
  if (health === 'down') return 'down';
  if (health === 'unknown' && assume === 'down' && check !== false) return 'unknown';
  // Half-open lets one request through; while that is on its way, nobody else.
  if (breaker === 'open' || onTrial) return 'breaker';
  return undefined;
}

/**
 * Why a backend has no room for one more, however well it is; nothing overrules it. An upgraded socket takes a place of
 * `maxConnections`; of what adapts to latency it takes none, since nobody waits for its answer.
 *
 * @param most `maxConnections` of a backend without one of its own
 */
export function withoutRoom(backend: BackendRecord, most: number): 'full' | 'rate' | undefined {
  const { active, upgrades, maxConnections = most, concurrency, spent } = backend;
  if (active >= maxConnections || active - upgrades >= concurrency) return 'full';
  return spent ? 'rate' : undefined;
}

/** Whether nobody at all may be sent there, pinned clients included. */
export function refusesPinned({ state, steered, presence }: BackendRecord): boolean {
  return state === 'maintenance' || steered.state === 'maintenance' || presence !== 'member';
}

/** Whose turn it is: the lowest priority among them, and of these the balancer's own zone if it has any. */
export function foremost(backends: readonly BackendRecord[], zone: string | undefined): readonly BackendRecord[] {
  const lowest = backends.reduce((least, { priority }: Backend) => Math.min(least, priority), Number.POSITIVE_INFINITY);
  const tier = backends.filter(({ priority }) => priority === lowest);
  const near = zone === undefined ? [] : tier.filter((backend) => backend.zone === zone);
  return near.length > 0 ? near : tier;
}

/** The same, but those that take no connections, as far as is known, are asked after all others. */
export function firstToAsk(backends: readonly BackendRecord[], zone: string | undefined): readonly BackendRecord[] {
  const reachable = backends.filter(({ unreachable }) => !unreachable);
  return foremost(reachable.length > 0 ? reachable : backends, zone);
}
