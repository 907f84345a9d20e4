import { type KeySpec, keyName, keySampler } from './keys.js';
import { seededRandom } from './seeded.js';
import type { TraceEntry } from './trace.js';

/** When requests come. */
export type Arrivals =
  /** Independent of each other, so many a second on average: many clients. */
  | { readonly kind: 'poisson'; readonly perSecond: number }
  /** So many a second, evenly spaced. */
  | { readonly kind: 'constant'; readonly perSecond: number };

/** The requests of a run, made before it: every strategy gets the very same. */
export interface Workload {
  /** When each arrives, in ms, ascending. */
  readonly at: Float64Array;
  /** Which of `keys` sends it. */
  readonly key: Uint32Array;
  /** How much work it is, as a share of all requests that are less: see `Quantile`. */
  readonly luck: Float64Array;
  readonly keys: readonly string[];
}

export interface WorkloadSpec {
  readonly arrivals: Arrivals;
  readonly keys: KeySpec;
}

export function generate(spec: WorkloadSpec, requests: number, seed: number): Workload {
  const { kind, perSecond } = spec.arrivals;
  if (!(perSecond > 0)) throw new RangeError(`arrivals: more than 0 a second, not ${perSecond}`);
  const between = 1000 / perSecond;
  const gap = seededRandom(seed, 'arrivals');
  const sample = keySampler(spec.keys, seededRandom(seed, 'keys'));
  const work = workload(
    requests,
    seed,
    Array.from({ length: spec.keys.count }, (_, i) => keyName(i)),
  );
  let now = 0;
  for (let i = 0; i < requests; i++) {
    now += kind === 'poisson' ? -between * Math.log1p(-gap()) : between;
    work.at[i] = now;
    work.key[i] = sample();
  }
  return work;
}

/** A trace's requests, or the first so many; those without a key get one as the scenario's clients would. */
export function replay(trace: readonly TraceEntry[], keys: KeySpec, requests: number, seed: number): Workload {
  const sample = keySampler(keys, seededRandom(seed, 'keys'));
  const numbers = new Map<string, number>();
  const used = trace.slice(0, requests);
  const key = Uint32Array.from(used, (entry) => {
    const name = entry.key === '' ? keyName(sample()) : entry.key;
    const known = numbers.get(name) ?? numbers.size;
    numbers.set(name, known);
    return known;
  });
  const { luck } = workload(used.length, seed, []);
  return { at: Float64Array.from(used, ({ at }) => at), key, luck, keys: [...numbers.keys()] };
}

function workload(requests: number, seed: number, keys: readonly string[]): Workload {
  const work = seededRandom(seed, 'work');
  const luck = new Float64Array(requests);
  for (let i = 0; i < requests; i++) luck[i] = work();
  return { at: new Float64Array(requests), key: new Uint32Array(requests), luck, keys };
}
