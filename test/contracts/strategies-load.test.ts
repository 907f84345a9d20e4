import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import type { Outcome } from '../../lib/core/outcome.js';
import type { StrategySpec } from '../../lib/strategies/spec.js';
import { aborted, answered, backendsOf, failed } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';
import { client, make, Traffic } from './strategies.js';

/** Load and latency: what failures cost, what recovers, and what a bound holds. */

interface Ending {
  readonly takes: number;
  readonly outcome: Outcome;
}

/** Sends a request each millisecond, or so many, for a while; each ends when its backend says. Gives the requests by id. */
function simulate(
  spec: StrategySpec,
  count: number,
  backends: readonly BackendRecord[],
  ending: (backend: BackendRecord, now: number) => Ending,
  clock = new FakeClock(1_000_000),
  strategy = make(spec, 5, clock),
  every = 1,
): Map<string, number> {
  const counts = new Map(backends.map(({ id }) => [id, 0]));
  for (let i = 0; i < count; i++) {
    const chosen = strategy.pick(backends, client(i)) as BackendRecord;
    counts.set(chosen.id, (counts.get(chosen.id) ?? 0) + 1);
    const { takes, outcome } = ending(chosen, clock.now());
    chosen.active++;
    strategy.onAcquire?.(chosen);
    clock.after(takes, () => {
      chosen.active--;
      strategy.onRelease?.(chosen, outcome);
    });
    clock.advance(every);
  }
  return counts;
}

const fine = (ms: number): Ending => ({ takes: ms, outcome: answered({ responseTime: ms, duration: ms }) });
const error = (status: number): Ending => ({
  takes: 1,
  outcome: answered({ status, responseTime: 1, duration: 1 }),
});
const broken: Ending = { takes: 1, outcome: failed('FAIRLEAD_CONNECT', false, { duration: 1 }) };

const learning: StrategySpec[] = ['peak-ewma', ['p2c', { load: 'peak-ewma' }], 'least-response-time', 'adaptive'];

describe.each(learning.map((spec) => [JSON.stringify(spec), spec] as const))('%s', (_name, spec) => {
  it.each([
    ['500', error(500)],
    ['503', error(503)],
    ['429', error(429)],
    ['a refused connection', broken],
  ])('does not reward failing fast: of 20,000 requests one of 4 that says %s in 1 ms gets under 10 %', (_what, end) => {
    const counts = simulate(spec, 20_000, backendsOf(1, 1, 1, 1), ({ id }) => (id === 'b' ? end : fine(20)));
    expect((counts.get('b') ?? 0) / 20_000).toBeLessThan(0.1);
    for (const id of ['a', 'c', 'd']) expect(counts.get('b')).toBeLessThan(counts.get(id) ?? 0);
  });

  it('prefers the fast: of 20,000 requests one of 100 ms gets fewer than any of 20 ms', () => {
    const counts = simulate(spec, 20_000, backendsOf(1, 1, 1, 1), ({ id }) => fine(id === 'b' ? 100 : 20));
    for (const id of ['a', 'c', 'd']) expect(counts.get('b')).toBeLessThan(counts.get(id) ?? 0);
  });

  it('does not starve one that has recovered: within 5 minutes it has at least 10 % again, of 4', () => {
    const backends = backendsOf(1, 1, 1, 1);
    const clock = new FakeClock(1_000_000);
    const strategy = make(spec, 5, clock);
    simulate(spec, 20_000, backends, ({ id }) => (id === 'b' ? error(500) : fine(20)), clock, strategy);
    // Time passes with a hundred requests a second, and nobody fails any more.
    simulate(spec, 30_000, backends, () => fine(20), clock, strategy, 10);
    const counts = simulate(spec, 20_000, backends, () => fine(20), clock, strategy);
    expect((counts.get('b') ?? 0) / 20_000).toBeGreaterThan(0.1);
  });

  it('does not flood a newcomer: of the first 200 requests after it joins 4 others it has at most 80', () => {
    const all = backendsOf(1, 1, 1, 1, 1);
    const clock = new FakeClock(1_000_000);
    const strategy = make(spec, 5, clock);
    simulate(spec, 5_000, all.slice(0, 4), () => fine(20), clock, strategy);
    const counts = simulate(spec, 200, all, () => fine(20), clock, strategy);
    expect(counts.get('e')).toBeLessThanOrEqual(80);
    expect(counts.get('e')).toBeGreaterThan(0);
  });

  it('learns nothing from clients that go away, nor from failures that are not the backend’s', () => {
    const run = (noise: readonly Outcome[]): string[] => {
      const clock = new FakeClock(1_000_000);
      const strategy = make(spec, 2, clock);
      const backends = backendsOf(1, 1, 1) as [BackendRecord, BackendRecord, BackendRecord];
      for (const [i, backend] of backends.entries()) strategy.onRelease?.(backend, answered({ responseTime: 10 + i }));
      for (const outcome of noise) strategy.onRelease?.(backends[0], outcome);
      return Array.from({ length: 100 }, (_, i) => strategy.pick(backends, client(i)).id);
    };
    expect(run([aborted({ duration: 9000 }), failed('FAIRLEAD_REQUEST_BODY', false, { duration: 9000 })])).toEqual(
      run([]),
    );
  });

  it('takes a long stream for what its head took', () => {
    const clock = new FakeClock(1_000_000);
    const strategy = make(spec, 2, clock);
    const [a, b] = backendsOf(1, 1) as [BackendRecord, BackendRecord];
    strategy.pick([a, b], client(0));
    strategy.onRelease?.(a, answered({ status: 101, responseTime: 5, duration: 3_600_000 }));
    strategy.onRelease?.(b, answered({ responseTime: 50, duration: 51 }));
    expect(strategy.score?.(a, client(0))).toBeLessThan(strategy.score?.(b, client(0)) ?? 0);
  });
});

describe.each(['least-connections', 'weighted-least-connections'] as const)('%s among many', (name) => {
  it.each([10, 48, 49, 200])('never takes one that another is below, with %i backends and notices', (size) => {
    const backends = backendsOf(...Array.from({ length: size }, (_, i) => 1 + (i % 3)));
    const traffic = new Traffic(make(name), 2 * size);
    for (let i = 0; i < 3000; i++) {
      traffic.end();
      const least = Math.min(...backends.map(({ active, weight }) => active / weight));
      const chosen = traffic.begin(backends, client(i));
      expect((chosen.active - 1) / chosen.weight).toBe(least);
    }
  });

  it('nor where nobody tells it of anything and loads are set by hand', () => {
    const loads = fc.array(fc.nat(50), { minLength: 60, maxLength: 80 });
    fc.assert(
      fc.property(fc.array(loads, { minLength: 1, maxLength: 4 }), (rounds) => {
        const backends = backendsOf(...Array.from({ length: 60 }, () => 1));
        const strategy = make(name);
        for (const round of rounds) {
          for (const [i, backend] of backends.entries()) backend.active = round[i] ?? 0;
          const least = Math.min(...backends.map(({ active }) => active));
          expect(strategy.pick(backends, client(0)).active).toBe(least);
        }
      }),
    );
  });
});

describe('consistent-hash with loadFactor', () => {
  it('nobody is ever beyond its bound: property over weights, factors and memberships', () => {
    const weights = fc.array(fc.double({ min: 0.5, max: 4, noNaN: true }), { minLength: 1, maxLength: 12 });
    const factor = fc.double({ min: 1, max: 2, noNaN: true });
    fc.assert(
      fc.property(weights, factor, fc.nat(60), fc.boolean(), (list, loadFactor, inFlight, hot) => {
        const backends = backendsOf(...list);
        const traffic = new Traffic(make(['consistent-hash', { loadFactor }]), inFlight);
        const total = list.reduce((sum, weight) => sum + weight);
        for (let i = 0; i < 150; i++) {
          traffic.end();
          const active = backends.reduce((sum, backend) => sum + backend.active, 0);
          const chosen = traffic.begin(backends, client(hot ? 1 : i));
          const slots = Math.ceil((active + 1) * loadFactor);
          expect(chosen.active).toBeLessThanOrEqual(Math.max(1, Math.ceil((slots * chosen.weight) / total)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('a key stays where it is while there is room, whatever the factor', () => {
    const backends = backendsOf(1, 1, 1, 1);
    const [bounded, free] = [make(['consistent-hash', { loadFactor: 1.25 }]), make('consistent-hash')];
    for (let i = 0; i < 500; i++) expect(bounded.pick(backends, client(i))).toBe(free.pick(backends, client(i)));
  });

  it('spreads one hot key over all: 400 requests that do not end, each of 4 has at most 125', () => {
    const backends = backendsOf(1, 1, 1, 1);
    const traffic = new Traffic(make(['consistent-hash', { loadFactor: 1.25 }]), 1000);
    for (let i = 0; i < 400; i++) traffic.begin(backends, client(1));
    for (const { active } of backends) expect(active).toBeLessThanOrEqual(125);
    expect(Math.max(...backends.map(({ active }) => active))).toBeGreaterThan(110);
  });
});
