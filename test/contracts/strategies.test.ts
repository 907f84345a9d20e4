import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend, BackendRecord } from '../../lib/core/backend.js';
import type { PickContext, Strategy } from '../../lib/core/strategy.js';
import { type StrategyName, strategies } from '../../lib/strategies/index.js';
import { createStrategy } from '../../lib/strategies/spec.js';
import { aborted, answered, backendsOf, contextOf, failed } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';
import { seededRandom } from '../support/random.js';

/**
 * What every strategy promises, whoever wrote it. Nothing here lists them: the registry does. What a strategy goes by
 * (the key, weights) is found out by looking, and it is then held to all that this entails.
 */
const names = Object.keys(strategies) as StrategyName[];

/** How far a share may be from what weights say, where it is not 2 % of all requests; 0 is exact to the request. */
const TOLERANCE: Partial<Record<StrategyName, number>> = {
  'weighted-round-robin': 0,
  random: 0.015,
  'least-connections': 0.001,
};

const N = 100_000;

const make = (name: StrategyName, seed = 1): Strategy =>
  createStrategy(name, { random: seededRandom(seed), clock: new FakeClock() });

/** A request of another client each time. */
const template = contextOf();
const client = (i: number): PickContext => ({ ...template, key: `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}` });

/** Counts whom a strategy picks, by id. */
function tally(strategy: Strategy, candidates: readonly Backend[], picks: number): Map<string, number> {
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

/** Whether a backend of twice the weight gets noticeably more while nobody has anything to do. */
function heedsWeights(name: StrategyName): boolean {
  return (tally(make(name), backendsOf(2, 1, 1, 1), 10_000).get('a') ?? 0) > 3000;
}

const byKey = names.filter(goesByKey);
const byWeight = names.filter(heedsWeights);

const arbitraryBackends = fc
  .array(fc.record({ weight: fc.double({ min: 0.001, max: 1000, noNaN: true }), active: fc.nat(100_000) }), {
    minLength: 1,
    maxLength: 20,
  })
  .map((list) =>
    backendsOf(...list.map(({ weight }) => weight)).map((backend, i) =>
      Object.assign(backend, { active: list[i]?.active ?? 0, total: list[i]?.active ?? 0 }),
    ),
  );

it('the strategies that go by the key, and those that go by weights, are known as such', () => {
  expect(byKey).toContain('ip-hash');
  expect(byWeight).toEqual(expect.arrayContaining(['p2c', 'weighted-round-robin', 'random', 'least-connections']));
});

describe.each(names)('%s', (name) => {
  it('picks one of its candidates, whatever their weights and loads', () => {
    fc.assert(
      fc.property(arbitraryBackends, fc.integer(), fc.array(fc.string(), { maxLength: 20 }), (backends, seed, keys) => {
        const strategy = make(name, seed);
        for (const key of ['', ...keys]) expect(backends).toContain(strategy.pick(backends, { ...template, key }));
      }),
    );
  });

  it('picks the only one there is', () => {
    const strategy = make(name);
    const [only] = backendsOf(1);
    const candidates = only === undefined ? [] : [only];
    for (let i = 0; i < 20; i++) expect(strategy.pick(candidates, client(i))).toBe(only);
  });

  it('picks the same again with the same seed', () => {
    const sequence = (): string[] => {
      const strategy = make(name, 42);
      const backends = backendsOf(3, 1, 2, 1, 5);
      return Array.from({ length: 200 }, (_, i) => strategy.pick(backends, client(i)).id);
    };
    expect(sequence()).toEqual(sequence());
  });

  it('does not mind in which order loads stand: 20,000 picks, each share within 2 % of its mirror image’s', () => {
    const backends = backendsOf(1, 1, 1, 1, 1);
    for (const [i, backend] of backends.entries()) backend.active = 2 * i;
    const ascending = tally(make(name), backends, 20_000);
    const descending = tally(make(name), backends.toReversed(), 20_000);
    for (const { id } of backends) {
      const difference = (ascending.get(id) ?? 0) - (descending.get(id) ?? 0);
      expect(Math.abs(difference) / 20_000).toBeLessThan(0.02);
    }
  });

  it('never prefers a busy backend to an idle one of the same weight: 20,000 picks, at most 2 % more', () => {
    const backends = backendsOf(1, 1, 1, 1, 1);
    for (const [i, backend] of backends.entries()) backend.active = 2 * i;
    const counts = tally(make(name), backends, 20_000);
    for (const [i, { id }] of backends.entries()) {
      const next = backends[i + 1];
      if (next === undefined) continue;
      expect((counts.get(next.id) ?? 0) - (counts.get(id) ?? 0)).toBeLessThan(0.02 * 20_000);
    }
  });

  it('keeps to lists that shrink, grow and change between picks', () => {
    const all = backendsOf(1, 2, 3, 1, 1, 2);
    const subset = fc.subarray(all, { minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(subset, fc.nat(3)), { minLength: 1, maxLength: 40 }), (lists) => {
        const strategy = make(name);
        for (const [list, picks] of lists) {
          const frozen = Object.freeze([...list]);
          for (let i = 0; i <= picks; i++) expect(frozen).toContain(strategy.pick(frozen, client(i)));
        }
      }),
    );
  });

  it('leaves candidates and their list as they are', () => {
    const backends = backendsOf(3, 1, 2);
    const before = structuredClone(backends.map(({ url: _url, ...rest }) => rest));
    const frozen = Object.freeze(backends.map((backend) => Object.freeze(backend)));
    const strategy = make(name);
    for (let i = 0; i < 100; i++) {
      const backend = strategy.pick(frozen, client(i));
      strategy.onRelease?.(backend, answered());
    }
    expect(frozen.map(({ url: _url, ...rest }) => rest)).toEqual(before);
  });

  it('hears of every kind of end', () => {
    const strategy = make(name);
    const [a, b] = backendsOf(1, 1) as [BackendRecord, BackendRecord];
    for (const outcome of [answered(), aborted(), failed('FAIRLEAD_CONNECT'), failed('FAIRLEAD_RESPONSE_BODY', true)]) {
      // Also of a backend it has never picked: a pin may have.
      strategy.onRelease?.(b, outcome);
      strategy.onRelease?.(a, outcome);
    }
    expect([a, b]).toContain(strategy.pick([a, b], client(0)));
  });

  it(`is even among equals: ${N} picks, each of 5 shares within 1 % of all`, () => {
    const counts = tally(make(name), backendsOf(1, 1, 1, 1, 1), N);
    // The standard deviation of a share drawn at random is 0.13 %.
    for (const count of counts.values()) expect(Math.abs(count / N - 0.2)).toBeLessThan(0.01);
  });

  const tolerance = TOLERANCE[name] ?? 0.02;
  const heeds = byWeight.includes(name);
  const rule = heeds ? `within ${100 * tolerance} % of all of what weights say` : 'within 1 % of all of the others';
  it(`with weights 2, 1, 1, 1: ${N} picks, each share ${rule}`, () => {
    const counts = tally(make(name), backendsOf(2, 1, 1, 1), N);
    for (const [id, count] of counts) {
      const share = heeds ? (id === 'a' ? 0.4 : 0.2) : 0.25;
      expect(Math.abs(count / N - share)).toBeLessThanOrEqual(heeds ? tolerance : 0.01);
    }
  });

  it(`is even again when one has been away: ${N / 10} picks behind 1,000 without it, each share within 2 % of all`, () => {
    const backends = backendsOf(1, 1, 1, 1);
    const strategy = make(name);
    tally(strategy, backends, 1000);
    tally(strategy, backends.slice(1), 1000);
    for (const count of tally(strategy, [...backends], N / 10).values()) {
      expect(Math.abs(count / (N / 10) - 0.25)).toBeLessThan(0.02);
    }
  });

  it('does not flood one that comes back: of the first 400 picks it gets at most 140 where 100 are its share', () => {
    const backends = backendsOf(1, 1, 1, 1);
    const strategy = make(name);
    tally(strategy, backends, 1000);
    tally(strategy, backends.slice(1), 10_000);
    expect(tally(strategy, [...backends], 400).get('a')).toBeLessThanOrEqual(140);
  });

  it('shares out what a dead backend refuses, with a second instance for retries: 12,000 picks, shares within 5 %', () => {
    const backends = backendsOf(1, 1, 1, 1);
    for (const dead of backends) {
      const [strategy, spare] = [make(name, 1), make(name, 2)];
      const counts = new Map<string, number>();
      for (let i = 0; i < 12_000; i++) {
        const first = strategy.pick(backends, client(i));
        const rest = backends.filter((backend) => backend !== dead);
        const { id } = first === dead ? spare.pick(rest, client(i)) : first;
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      expect(counts.size).toBe(3);
      for (const count of counts.values()) expect(Math.abs(count / 12_000 - 1 / 3)).toBeLessThan(0.05);
    }
  });
});

describe.each(byWeight)('%s, which heeds weights', (name) => {
  const tolerance = TOLERANCE[name] ?? 0.02;

  // Up to 2, since a choice between two cannot give anyone more than 2 / n.
  it(`follows any from 1 to 2: 20,000 picks, each share within ${100 * Math.max(tolerance, 0.02)} % of all`, () => {
    const weights = fc.array(fc.double({ min: 1, max: 2, noNaN: true }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(weights, (list) => {
        const backends = backendsOf(...list);
        const total = list.reduce((sum, weight) => sum + weight);
        const counts = tally(make(name), backends, 20_000);
        for (const { id, weight } of backends) {
          const difference = (counts.get(id) ?? 0) / 20_000 - weight / total;
          expect(Math.abs(difference)).toBeLessThan(Math.max(tolerance, 0.02));
        }
      }),
      { seed: 20_261_120, numRuns: 20 },
    );
  });

  it('follows a weight that is changed, from the list that says so on', () => {
    const backends = backendsOf(1, 1, 1, 1);
    const strategy = make(name);
    tally(strategy, backends, 10_000);
    const [a] = backends as [BackendRecord];
    a.weight = 2;
    const counts = tally(strategy, [...backends], 10_000);
    expect(Math.abs((counts.get('a') ?? 0) / 10_000 - 0.4)).toBeLessThan(0.03);
  });

  it('does not mind their scale', () => {
    const shares = (scale: number): number[] => {
      const backends = backendsOf(2 * scale, scale, scale, scale);
      return [...tally(make(name), backends, 20_000).values()];
    };
    for (const scale of [0.125, 0.001, 333]) {
      for (const [i, count] of shares(scale).entries()) {
        expect(Math.abs(count - (shares(1)[i] ?? 0)) / 20_000).toBeLessThan(0.02);
      }
    }
  });
});

describe.each(byKey)('%s, which goes by the key', (name) => {
  const backends = backendsOf(1, 1, 1, 1, 1, 1);
  const keys = Array.from({ length: 3000 }, (_, i) => client(i));

  it('picks the same for a key always, in every instance, whatever is busy and in whatever order they stand', () => {
    const busy = backends.map((backend, i) => ({ ...backend, active: 100 * i }));
    const [one, other] = [make(name, 1), make(name, 2)];
    for (const context of keys) {
      const { id } = one.pick(backends, context);
      expect(one.pick(backends, context).id).toBe(id);
      expect(other.pick(backends.toReversed(), context).id).toBe(id);
      expect(other.pick(busy, context).id).toBe(id);
    }
  });

  it('moves only the keys of the one that leaves, and moves them back when it returns', () => {
    for (const gone of backends) {
      const strategy = make(name);
      const rest = backends.filter((backend) => backend !== gone);
      const before = keys.map((context) => strategy.pick(backends, context));
      const without = keys.map((context) => strategy.pick(rest, context));
      const after = keys.map((context) => strategy.pick([...backends], context));
      for (const [i, backend] of before.entries()) if (backend !== gone) expect(without[i]).toBe(backend);
      expect(after).toEqual(before);
    }
  });

  it('shares the keys of the one that leaves among all: 3,000 keys, no heir gets more than 40 % of them', () => {
    for (const gone of backends) {
      const strategy = make(name);
      const rest = backends.filter((backend) => backend !== gone);
      const orphans = keys.filter((context) => strategy.pick(backends, context) === gone);
      const heirs = new Map<string, number>();
      for (const context of orphans) {
        const { id } = strategy.pick(rest, context);
        heirs.set(id, (heirs.get(id) ?? 0) + 1);
      }
      // About 500 orphans and 5 heirs; the standard deviation of a share is 1.8 %.
      for (const count of heirs.values()) expect(count / orphans.length).toBeLessThan(0.4);
    }
  });
});
